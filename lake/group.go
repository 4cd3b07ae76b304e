package lake

import (
	"bufio"
	"errors"
	"os"
	"slices"
)

// Limits of groups.
const (
	maxGroups = 32
	// maxSignatures bounds what is remembered of lists of fields.
	maxSignatures = 4096
)

// Limits of files of large records: DuckDB works on 2048 rows at a time, which
// must fit into memory several times over.
const (
	largeRecord = 4 << 10
	largeFile   = 8 << 20
	// The search for bad records has each value twice, and tries it besides.
	largeFileNumbered = 2 << 20
)

// A group is staged records that have most of their fields in common, in a file
// of their own.
//
// Mixed events have few fields in common: the table of all fields of all types
// is mostly empty, and writing it by partition costs several times what the
// values cost. A group has few empty columns, and mostly few partitions.
type group struct {
	path    string
	file    *os.File
	out     *bufio.Writer
	has     []bool // by field: whether records of the group have it
	size    int    // how many fields that are
	names   map[string]bool
	lines   uint64
	bytes   uint64
	longest int
	first   uint64 // numbers of its first and last record
	last    uint64
}

// close writes what is buffered; closing again does nothing.
func (g *group) close() error {
	if g.file == nil {
		return nil
	}
	err := errors.Join(g.out.Flush(), g.file.Close())
	g.file, g.out = nil, nil
	return err
}

func (g *group) write(number uint64, line []byte) error {
	if g.lines == 0 {
		g.first = number
	}
	g.last = number
	g.lines++
	g.bytes += uint64(len(line))
	g.longest = max(g.longest, len(line))
	_, err := g.out.Write(line)
	return err
}

// full tells whether the next record should go into another file.
func (g *group) full(numbered bool) bool {
	if numbered {
		return g.bytes >= largeFileNumbered && g.bytes/g.lines >= largeRecord/2
	}
	return g.bytes >= largeFile && g.bytes/g.lines >= largeRecord
}

// hasAll tells whether all fields are the group's.
func (g *group) hasAll(fields []int32) bool {
	for _, f := range fields {
		if int(f) >= len(g.has) || !g.has[f] {
			return false
		}
	}
	return true
}

// holds tells whether records of the group may have a column's field.
func (g *group) holds(c Column) bool { return g.names == nil || g.names[c.Field] }

// join makes fields the group's.
func (g *group) join(fields []int32) {
	for _, f := range fields {
		for int(f) >= len(g.has) {
			g.has = append(g.has, false)
		}
		if !g.has[f] {
			g.has[f] = true
			g.size++
		}
	}
}

// shared is how many of the fields the group has.
func (g *group) shared(fields []int32) int {
	n := 0
	for _, f := range fields {
		if int(f) < len(g.has) && g.has[f] {
			n++
		}
	}
	return n
}

// A grouping puts records into groups, in the order they come: the same records
// make the same groups.
type grouping struct {
	limit int // of groups; 1: one for all
	// groups are those that take records, all is these and the full ones.
	groups, all []*group
	// seen is the group of each list of fields, by the list's hash. A hit is
	// checked, since lists may have the same hash.
	seen map[uint64]*group
	add  func() (*group, error)
}

// choose returns the group for a record with the given fields.
func (g *grouping) choose(fields []int32) (*group, error) {
	signature := uint64(14695981039346656037)
	for _, f := range fields {
		signature = (signature ^ uint64(f)) * 1099511628211
	}
	if known := g.seen[signature]; known != nil && known.hasAll(fields) {
		return known, nil
	}
	chosen, err := g.nearest(fields)
	if err != nil {
		return nil, err
	}
	chosen.join(fields)
	if len(g.seen) < maxSignatures {
		g.seen[signature] = chosen
	}
	return chosen, nil
}

// nearest returns the group that has the most in common with a list of fields;
// a new one when that is less than half.
func (g *grouping) nearest(fields []int32) (*group, error) {
	var best *group
	bestShared, bestAll := 0, 1
	for _, candidate := range g.groups {
		shared := candidate.shared(fields)
		all := len(fields) + candidate.size - shared
		if best == nil || shared*bestAll > bestShared*all {
			best, bestShared, bestAll = candidate, shared, all
		}
	}
	if best != nil && (2*bestShared >= bestAll || len(g.groups) >= g.limit) {
		return best, nil
	}
	created, err := g.add()
	if err == nil {
		g.groups = append(g.groups, created)
		g.all = append(g.all, created)
	}
	return created, err
}

// renew puts a new file with the same fields in the place of a full one.
func (g *grouping) renew(full *group) (*group, error) {
	created, err := g.add()
	if err != nil {
		return nil, err
	}
	created.has, created.size = slices.Clone(full.has), full.size
	g.groups[slices.Index(g.groups, full)] = created
	g.all = append(g.all, created)
	clear(g.seen)
	return created, full.close()
}
