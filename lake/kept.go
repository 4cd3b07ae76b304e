package lake

import (
	"slices"
	"strings"

	"leat/rowfile"
)

// MaxColumns is how many fields of the records become columns of their own: the
// first ones. The others are together in the column rowfile.RestField.
const MaxColumns = 256

// Kept is what a delivery stream has learned of its records, for all of its
// life: the columns, in the order in which their fields came first, and what
// has been in them. It only grows.
type Kept struct {
	// Spelled says that new columns are spelled as their field came first, and
	// not in lower case.
	Spelled bool         `json:"spelled,omitempty"`
	Columns []KeptColumn `json:"columns,omitempty"`
	// Outputs are the types of a query's columns in the files.
	Outputs []KeptOutput `json:"outputs,omitempty"`
}

// A KeptColumn is what has been in a column.
type KeptColumn struct {
	Name string `json:"name"`
	// Digits and Scale are those of its numbers, WideDigits and WideScale those
	// of numbers beyond 20 digits before or 18 after the point.
	Digits     int  `json:"digits,omitempty"`
	Scale      int  `json:"scale,omitempty"`
	WideDigits int  `json:"wideDigits,omitempty"`
	WideScale  int  `json:"wideScale,omitempty"`
	Numbers    bool `json:"numbers,omitempty"`
	Wide       bool `json:"wide,omitempty"`
	Huge       bool `json:"huge,omitempty"` // numbers that no type holds exactly
	Booleans   bool `json:"booleans,omitempty"`
	Text       bool `json:"text,omitempty"`
	Nested     bool `json:"nested,omitempty"`
}

// A KeptOutput is the type that a query's column has in the files, and how many
// digits it has needed before and after a number's point.
type KeptOutput struct {
	Name   string `json:"name"`
	Type   string `json:"type"`
	Digits int    `json:"digits,omitempty"`
	Scale  int    `json:"scale,omitempty"`
}

// with returns what is kept after the fields of one more batch. It leaves the
// receiver as it is.
func (k Kept) with(fields []rowfile.Field) Kept {
	k.Columns = append([]KeptColumn(nil), k.Columns...)
	place := map[string]int{}
	for i, c := range k.Columns {
		place[c.Name] = i
	}
	for _, f := range fields {
		if f.Name == rowfile.RestField {
			continue
		}
		i, ok := place[f.Name]
		if !ok {
			i = len(k.Columns)
			place[f.Name] = i
			k.Columns = append(k.Columns, KeptColumn{Name: f.Name})
		}
		k.Columns[i].add(f)
	}
	return k
}

func (c *KeptColumn) add(f rowfile.Field) {
	has := func(kinds ...rowfile.Kind) bool {
		return slices.ContainsFunc(kinds, func(k rowfile.Kind) bool { return f.Count(k) > 0 })
	}
	c.Digits, c.Scale = max(c.Digits, f.Digits), max(c.Scale, f.Scale)
	c.WideDigits, c.WideScale = max(c.WideDigits, f.WideDigits), max(c.WideScale, f.WideScale)
	c.Numbers = c.Numbers || has(rowfile.Int, rowfile.Number)
	c.Wide = c.Wide || has(rowfile.Wide)
	c.Huge = c.Huge || has(rowfile.Huge)
	c.Booleans = c.Booleans || has(rowfile.Bool)
	c.Text = c.Text || has(rowfile.Text)
	c.Nested = c.Nested || has(rowfile.Object, rowfile.Array)
}

// typ is the type that holds all that has been in the column; "" when that is
// nothing.
func (c KeptColumn) typ() string {
	typ := ""
	if c.Numbers || c.Wide {
		typ = exact(max(c.Digits, c.WideDigits), max(c.Scale, c.WideScale))
	}
	for _, other := range []struct {
		has bool
		typ string
	}{{c.Huge, varchar}, {c.Booleans, boolean}, {c.Text, varchar}, {c.Nested, JSON}} {
		if other.has {
			typ = wider(typ, other.typ)
		}
	}
	return typ
}

// as is the type that the column has for records in which it is of one class.
func (c KeptColumn) as(class class) string {
	switch class {
	case booleans:
		return boolean
	case numbers:
		return exact(c.Digits, c.Scale)
	case wide:
		return exact(max(c.WideDigits, 1), c.WideScale)
	case nested:
		return JSON
	}
	return varchar
}

// columns are those of files and queries.
func (k Kept) columns() []Column {
	var all []Column
	for _, c := range k.Columns {
		all = append(all, Column{Field: c.Name, Name: c.Name, Type: c.typ()})
	}
	return append(all, Column{Field: rowfile.RestField, Name: rowfile.RestField, Type: JSON})
}

// output returns the type that a column of files has so far: one of the
// records, or one of a query.
func (k Kept) output(o Output) string {
	if o.Plain == rowfile.RestField {
		return JSON
	}
	for _, c := range k.Columns {
		if c.Name == o.Plain {
			return c.typ()
		}
	}
	for _, known := range k.Outputs {
		if known.Name == o.Name && o.Plain == "" {
			return known.Type
		}
	}
	return ""
}

// widen makes the type of a query's column hold another one too. What is a
// column of the records has its type.
func (k *Kept) widen(o Output) {
	if o.Type == "" || o.Plain != "" {
		return
	}
	at := slices.IndexFunc(k.Outputs, func(known KeptOutput) bool { return known.Name == o.Name })
	if at < 0 {
		at = len(k.Outputs)
		k.Outputs = append(k.Outputs, KeptOutput{Name: o.Name, Type: o.Type})
	}
	known := &k.Outputs[at]
	_, _, before := digitsOf(known.Type)
	digits, scale, now := digitsOf(o.Type)
	known.Digits, known.Scale = max(known.Digits, digits), max(known.Scale, scale)
	switch {
	case known.Type == o.Type:
	case before && now:
		known.Type = exact(known.Digits, known.Scale)
	default:
		known.Type = wider(known.Type, o.Type)
	}
}

// fields says what the fields of a job's records become.
func (job *Job) fields() rowfile.Fields {
	switch {
	case job.Columns != nil:
		f := rowfile.Fields{Only: true, Plain: job.Partitions}
		for _, c := range job.Columns {
			f.Known = append(f.Known, c.Field)
			if c.Type == JSON {
				f.Raw = append(f.Raw, c.Field)
			}
		}
		return f
	case job.Kept == nil:
		return rowfile.Fields{First: true}
	}
	f := rowfile.Fields{Max: MaxColumns, Manual: true, Named: job.Named, Spelled: job.Kept.Spelled, Plain: job.Partitions}
	if job.Repeated {
		f.Max = -1
	}
	for _, c := range job.Kept.Columns {
		f.Known = append(f.Known, c.Name)
	}
	return f
}

// named tells whether the query names a column.
func (job *Job) named(column string) bool {
	return slices.ContainsFunc(job.Named, func(name string) bool { return strings.EqualFold(name, column) })
}

// A class is what a query can do with a value.
type class uint8

const (
	nothing class = iota // null, or no such field
	booleans
	numbers
	wide
	text
	nested
	several // several of them: as text
)

var classes = [...]class{
	rowfile.Null: nothing, rowfile.Bool: booleans, rowfile.Int: numbers, rowfile.Number: numbers, rowfile.Wide: wide,
	rowfile.Huge: text, rowfile.Text: text, rowfile.Object: nested, rowfile.Array: nested,
}
