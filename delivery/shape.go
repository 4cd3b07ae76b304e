package delivery

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"

	"leat"
	"leat/duck"
	"leat/lake"
	"leat/redshift"
)

// A shape says how records become rows: their columns, if they are given, and
// the query over them.
type shape struct {
	columns    []lake.Column
	types      []redshift.Column // of columns, for the query
	query      *redshift.Query   // nil: all columns as they are
	named      []string          // what the query may name
	partitions []string
}

// settings are those of every delivery stream's query.
var settings = redshift.Settings{NavigateSuperNullOnError: true, CastSuperNullOnError: true}

// newShape checks how a definition's records become rows; nil when they are
// delivered as they came.
func newShape(def Definition, partitions []string) (*shape, error) {
	if !def.rows() {
		return nil, nil
	}
	s := &shape{partitions: partitions}
	if err := s.parseColumns(def.Columns); err != nil {
		return nil, err
	}
	if def.Query == "" {
		return s, nil
	}
	statements, err := def.Literals.Parse(def.Query)
	if err != nil {
		return nil, invalidQuery(err)
	}
	query, ok := redshift.Statement(nil), false
	if len(statements) == 1 {
		query = statements[0]
	}
	if s.query, ok = query.(*redshift.Query); !ok {
		return nil, &leat.Error{Code: leat.InvalidArgument, Message: "the query must be one SELECT … FROM records"}
	}
	s.named = words(def.Query)
	// What is wrong whatever the records hold is found here, not batch by batch.
	parts, err := s.parts(s.columns)
	if err != nil {
		return nil, invalidQuery(err)
	}
	return s, s.checkPartitions(parts)
}

func invalidQuery(err error) error {
	code, hint := leat.InvalidArgument, ""
	var described *redshift.Error
	if errors.As(err, &described) {
		if described.SQLSTATE == "0A000" {
			code = leat.Unsupported
		}
		hint = described.Hint
		if described.Position > 0 {
			err = fmt.Errorf("%w (at character %d)", err, described.Position)
		}
	}
	return &leat.Error{Code: code, Message: "the query of the delivery stream", Hint: hint, Err: err}
}

// parseColumns reads "name type, …". A name is the field's, as it is written.
func (s *shape) parseColumns(text string) error {
	if text == "" {
		return nil
	}
	invalid := func(err error) error {
		return &leat.Error{Code: leat.InvalidArgument, Message: fmt.Sprintf(`columns %q are not of the form "name type, name type"`, text), Err: err}
	}
	statements, err := redshift.Parse("CREATE TABLE records (" + text + "\n)")
	if err != nil {
		return invalid(err)
	}
	table, ok := statements[0].(*redshift.CreateTable)
	if len(statements) != 1 || !ok || len(table.Constraints)+len(table.Like) > 0 || len(table.Columns) == 0 {
		return invalid(nil)
	}
	seen := map[string]bool{}
	for _, c := range table.Columns {
		duck := c.Type.Duck()
		switch {
		case duck == "":
			return &leat.Error{Code: leat.Unsupported, Message: fmt.Sprintf("columns of type %s are not supported (column %q)", c.Type, c.Name.Text)}
		case seen[strings.ToLower(c.Name.Text)]:
			return invalid(fmt.Errorf("%q occurs twice", c.Name.Text))
		case c.Default != nil, c.Identity != nil, c.NotNull, c.PrimaryKey, c.Unique, c.References != nil:
			return invalid(fmt.Errorf("column %q has more than a type", c.Name.Text))
		}
		seen[strings.ToLower(c.Name.Text)] = true
		s.columns = append(s.columns, lake.Column{Field: c.Name.Text, Name: c.Name.Text, Type: duck})
		s.types = append(s.types, redshift.Column{Name: c.Name.Text, Type: c.Type})
	}
	return nil
}

// words returns the names that a query may have, and perhaps more: everything
// in it that could be a name, in lower case.
func words(query string) []string {
	seen := map[string]bool{}
	word := func(c rune) bool { return c == '_' || c == '$' || unicode.IsLetter(c) || unicode.IsDigit(c) }
	for _, w := range strings.FieldsFunc(query, func(c rune) bool { return !word(c) }) {
		seen[strings.ToLower(w)] = true
	}
	// What is between double quotes, and what would be if the text before were
	// not: a quote in a literal or a comment must not hide a name.
	quoted := strings.Split(query, `"`)
	for i := range quoted {
		for j := i; j < min(len(quoted), i+5); j += 2 {
			seen[strings.ToLower(strings.ReplaceAll(strings.Join(quoted[i:j+1], `"`), `""`, `"`))] = true
		}
	}
	return slices.Sorted(maps.Keys(seen))
}

// inferredType is the type of a column that was found in the records.
func inferredType(duck string) redshift.Type {
	switch duck {
	case "BOOLEAN":
		return redshift.Type{Name: "boolean"}
	case "BIGINT":
		return redshift.Type{Name: "bigint"}
	case "DOUBLE":
		return redshift.Type{Name: "double precision"}
	case lake.JSON:
		return redshift.Type{Name: "super"}
	}
	t := redshift.Type{Name: "numeric"}
	if n, _ := fmt.Sscanf(duck, "DECIMAL(%d,%d)", &t.Precision, &t.Scale); n == 2 {
		return t
	}
	return redshift.Type{Name: "varchar"}
}

// parts translates the query for a batch with the given columns.
func (s *shape) parts(columns []lake.Column) (lake.Select, error) {
	records := redshift.Records{Open: s.columns == nil, Relation: redshift.Relation{Name: lake.Records, Kind: "table", Columns: s.types}}
	if records.Open {
		for _, c := range columns {
			records.Columns = append(records.Columns, redshift.Column{Name: c.Name, Type: inferredType(c.Type)})
		}
	}
	translated, err := redshift.TranslateRecords(s.query, records, settings)
	if err != nil {
		return lake.Select{}, err
	}
	parts := lake.Select{Where: translated.Where, Open: records.Open && s.query.Star()}
	for _, c := range translated.Columns {
		output := lake.Output{Name: c.Name, Expr: c.Expr, Text: c.Text, Type: c.Type.Duck()}
		output.Null = output.Type == "" || c.Expr == "NULL" || c.Expr == "CAST(NULL AS VARCHAR)"
		for _, column := range columns {
			if c.Expr == duck.Identifier(lake.Records)+"."+duck.Identifier(column.Name) {
				output.Plain = column.Name
			}
		}
		if c.Star && records.Open {
			// Files of records without the field need no column for it.
			for _, column := range columns {
				if column.Name == c.Name {
					output.Field = column.Field
				}
			}
		}
		// Prefixes may spell a column as they like.
		for _, partition := range s.partitions {
			if strings.EqualFold(partition, c.Name) {
				output.Name = partition
			}
		}
		parts.Outputs = append(parts.Outputs, output)
	}
	return parts, nil
}

// checkPartitions checks that the prefix's keys are columns of the query,
// unless * may bring them.
func (s *shape) checkPartitions(parts lake.Select) error {
	if s.columns == nil && s.query.Star() {
		return nil
	}
	for _, partition := range s.partitions {
		if !slices.ContainsFunc(parts.Outputs, func(o lake.Output) bool { return o.Name == partition }) {
			return &leat.Error{Code: leat.InvalidArgument, Message: fmt.Sprintf("Prefix uses the partition key %q, which is no column of the query", partition)}
		}
	}
	return nil
}
