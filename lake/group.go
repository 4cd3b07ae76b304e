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
	// maxOpenKinds is how many groups take records at once where records of
	// different kinds are apart; maxKinds is how many groups there are of them.
	// What comes after that is text for the query.
	maxOpenKinds = 64
	maxKinds     = 1024
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
//
// For a query, the values of a group's column are all of one class, so that the
// query computes with what a record has, whatever other records have there.
type group struct {
	id      int // files of the same group have the same
	path    string
	file    *os.File
	out     *bufio.Writer
	has     []bool  // by field: whether records of the group have it
	size    int     // how many fields that are
	classes []class // by field, of those that are told apart
	classed int     // how many of them are not nothing
	names   map[string]bool
	kinds   map[string]class // by name
	lines   uint64
	bytes   uint64
	longest int
	first   uint64 // numbers of its first and last record
	last    uint64

	columns []Column // as the query sees them
	query   *Select
	outputs []Output
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
func (g *group) full(numbered bool, bite uint64) bool {
	switch {
	case g.lines == 0:
		return false
	case bite > 0 && g.bytes >= bite:
		return true
	case numbered:
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

// A mark is the class of one field of a record, where classes are told apart.
type mark struct {
	field int32
	class class
}

// class returns the class of a field's values.
func (g *group) class(field int32) class {
	if int(field) < len(g.classes) {
		return g.classes[field]
	}
	return nothing
}

// fits tells whether a record with the marks may join; exactly, it must have
// values in the same fields. There are no marks of nothing.
func (g *group) fits(marks []mark, exactly bool) bool {
	for _, m := range marks {
		if known := g.class(m.field); known != m.class && known != several && (known != nothing || exactly) {
			return false
		}
	}
	return !exactly || len(marks) == g.classed
}

// mark makes the classes the group's.
func (g *group) mark(marks []mark) {
	for _, m := range marks {
		for int(m.field) >= len(g.classes) {
			g.classes = append(g.classes, nothing)
		}
		switch known := g.classes[m.field]; {
		case known == nothing:
			g.classes[m.field] = m.class
			g.classed++
		case known != m.class:
			g.classes[m.field] = several
		}
	}
}

// renew puts a new file in the place of a full one: with the same fields, unless
// files are to be small.
func (g *grouping) renew(full *group, small bool) (*group, error) {
	created, err := g.add()
	if err != nil {
		return nil, err
	}
	created.id = full.id
	if !small {
		created.has, created.size = slices.Clone(full.has), full.size
	}
	created.classes, created.classed = slices.Clone(full.classes), full.classed
	g.groups[slices.Index(g.groups, full)] = created
	g.all = append(g.all, created)
	clear(g.seen)
	return created, full.close()
}
