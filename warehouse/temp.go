package warehouse

import (
	"context"
	"maps"

	"leat/duck"
	"leat/redshift"
)

// tempTables are a session's temporary tables, by name. They are not changed
// but replaced, so that ROLLBACK can go back to those before.
type tempTables struct{ columns map[string][]redshift.Column }

// setTemp adds a temporary table, or changes its columns.
func (s *Session) setTemp(name string, columns []redshift.Column) {
	next := map[string][]redshift.Column{}
	maps.Copy(next, s.temp.columns)
	next[name] = columns
	s.temp = &tempTables{columns: next}
}

func (s *Session) forgetTemp(name string) {
	next := maps.Clone(s.temp.columns)
	delete(next, name)
	s.temp = &tempTables{columns: next}
}

// dropTemp drops a temporary table. Sequences behind its columns end with the
// session.
func (s *Session) dropTemp(ctx context.Context, name string) error {
	if err := s.exec(ctx, "DROP TABLE temp.main."+duck.Identifier(name)); err != nil {
		return err
	}
	s.forgetTemp(name)
	return nil
}

// alteredTemp renews what is known of a temporary table after ALTER TABLE.
func (s *Session) alteredTemp(ctx context.Context, name string, action redshift.AlterAction) error {
	before, set := s.temp.columns[name], s.settings()
	if to, ok := action.(*redshift.AlterRename); ok {
		s.forgetTemp(name)
		s.setTemp(to.To.Fold(set), before)
		return nil
	}
	known := map[string]redshift.Type{}
	for _, column := range before {
		known[column.Name] = column.Type
	}
	switch action := action.(type) {
	case *redshift.AlterAddColumn:
		known[action.Column.Name.Fold(set)] = action.Column.Type
	case *redshift.AlterColumnType:
		known[action.Column.Fold(set)] = action.Type
	case *redshift.AlterRenameColumn:
		known[action.To.Fold(set)] = known[action.From.Fold(set)]
	}
	columns, ok := s.catalog(ctx).tempColumns(name, nil)
	if !ok {
		return noRelation("", name)
	}
	for i := range columns {
		if t, ok := known[columns[i].Name]; ok && !isUnknown(t) {
			columns[i].Type = t
		}
	}
	s.setTemp(name, columns)
	return nil
}
