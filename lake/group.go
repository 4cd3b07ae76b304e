package lake

import (
	"bufio"
	"os"
)

// Limits of groups.
const (
	maxGroups = 32
	// maxSignatures bounds what is remembered of lists of fields.
	maxSignatures = 4096
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
}

func (g *group) write(line []byte) error {
	g.lines++
	g.bytes += uint64(len(line))
	g.longest = max(g.longest, len(line))
	_, err := g.out.Write(line)
	return err
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
	limit  int // of groups; 1: one for all
	groups []*group
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
	}
	return created, err
}
