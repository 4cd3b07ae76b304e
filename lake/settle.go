package lake

import (
	"fmt"
	"slices"
	"strings"

	"leat/duck"
	"leat/rowfile"
)

// A program is all that the batch's SQL is made from.
type program struct {
	job     Job
	columns []Column
	strict  bool            // columns were found by the first version, and records are held against them
	seen    Kept            // what is kept, with all records of this batch
	kept    Kept            // with those that are rows
	odd     map[string]bool // columns with numbers that are not plain digits, in this batch
}

// settle finds out what each group's files have, and returns the groups that no
// files can be made of, by id, with the reason.
func (p *program) settle(s *staging) map[int]error {
	refused := map[int]error{}
	if p.found() {
		p.kept = p.job.Kept.with(s.lines.Fields())
	}
	known := map[string]*group{} // by the columns' types
	for _, g := range s.groups.all {
		if g.lines == 0 {
			continue
		}
		g.columns = p.columnsOf(g)
		var key strings.Builder
		for _, c := range g.columns {
			fmt.Fprintf(&key, "%q %s,", c.Name, c.Type)
		}
		if same := known[key.String()]; same != nil {
			g.query, g.outputs = same.query, same.outputs
			if cause := refused[same.id]; cause != nil {
				refused[g.id] = cause
			}
			continue
		}
		known[key.String()] = g
		if err := p.settleGroup(g); err != nil {
			refused[g.id] = err
		}
	}
	if p.job.Kept == nil || p.job.Columns != nil || p.job.Select == nil {
		return refused
	}
	p.kept.Outputs = append([]KeptOutput(nil), p.job.Kept.Outputs...)
	for _, g := range s.groups.all {
		if refused[g.id] == nil {
			for _, o := range g.outputs {
				if !o.Null {
					p.kept.widen(o)
				}
			}
		}
	}
	return refused
}

// settled tells the job's owner what is kept from now on.
func (p *program) settled() {
	if p.job.Settled != nil && p.job.Kept != nil {
		p.job.Settled(p.kept)
	}
}

// columnsOf returns the columns as the query sees them in a group. A column in
// which the group has no value is one that the query does not know, unless its
// type is certain.
func (p *program) columnsOf(g *group) []Column {
	if p.job.Columns != nil || p.job.Kept == nil || p.job.Select == nil {
		return p.columns
	}
	var all []Column
	for i, c := range p.columns {
		if i < len(p.seen.Columns) && (p.job.Format == JSONLines || p.job.named(c.Name)) {
			kept := p.seen.Columns[i]
			class := g.kinds[c.Name]
			switch {
			case class != nothing:
				c.Type = kept.as(class)
			case !kept.certain():
				continue
			}
		}
		if c.Type != "" {
			all = append(all, c)
		}
	}
	return all
}

// settleGroup finds out a group's outputs, and checks that files can be made of
// them.
func (p *program) settleGroup(g *group) error {
	if p.job.Select != nil {
		query, err := p.job.Select(g.columns)
		if err != nil {
			return err
		}
		g.query = &query
	}
	g.outputs = p.all(g)
	names := map[string]bool{}
	for _, o := range g.outputs {
		folded := strings.ToLower(o.Name)
		if names[folded] {
			return fmt.Errorf("two columns are called %q", o.Name)
		}
		names[folded] = true
	}
	for _, partition := range p.job.Partitions {
		if slices.ContainsFunc(g.outputs, func(o Output) bool { return o.Name == partition }) {
			continue
		}
		if g.query != nil && !(p.job.Kept != nil && g.query.Open) {
			return fmt.Errorf("the partition key %q is not a column of the query", partition)
		}
		// A field that none of these records has.
		g.outputs = append(g.outputs, Output{Name: partition, Expr: "NULL", Text: partition, Null: true})
	}
	if len(g.outputs) > len(p.job.Partitions) {
		return nil
	}
	if p.job.first() || p.job.Columns != nil {
		return fmt.Errorf("nothing is left for the files: the records have no fields but the partition keys")
	}
	// A file has a column.
	g.outputs = append(g.outputs, Output{Name: rowfile.RestField, Expr: "CAST(NULL AS VARCHAR)", Type: varchar})
	return nil
}

// all returns the query's outputs, or all columns.
func (p *program) all(g *group) []Output {
	if g.query != nil {
		return g.query.Outputs
	}
	var all []Output
	for _, c := range g.columns {
		output := Output{Name: p.spelled(c.Name), Expr: Records + "." + duck.Identifier(c.Name), Text: c.Name, Type: c.Type, Plain: c.Name}
		if p.job.Columns == nil {
			output.Field = c.Field
		}
		if c.Type == "" {
			output.Null, output.Expr = true, "NULL"
		}
		all = append(all, output)
	}
	return all
}

// spelled is a column's name as the partition keys spell it, if it is one.
func (p *program) spelled(name string) string {
	if p.job.Kept == nil {
		return name
	}
	for _, partition := range p.job.Partitions {
		if strings.EqualFold(partition, name) {
			return partition
		}
	}
	return name
}

// certain tells whether all values of a column are of one class.
func (c KeptColumn) certain() bool {
	n := 0
	for _, has := range []bool{c.Numbers, c.Wide, c.Huge || c.Text, c.Booleans, c.Nested} {
		if has {
			n++
		}
	}
	return n == 1
}
