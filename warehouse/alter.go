package warehouse

import (
	"context"

	"leat/duck"
	"leat/redshift"
)

// alterTable is ALTER TABLE.
func (s *Session) alterTable(ctx context.Context, p *Prepared, stmt *redshift.AlterTable) error {
	relation, err := s.relation(ctx, stmt.Name)
	if err != nil {
		return err
	}
	if relation.Kind == kindView || relation.Kind == kindMatv {
		switch action := stmt.Action.(type) {
		case *redshift.AlterRename:
			return s.renameView(ctx, relation, action.To.Fold(s.settings()))
		case *redshift.AlterOwner:
			return nil
		}
	}
	if relation.Kind != kindTable {
		return sqlError(stateWrongObject, "%q is not a table", relation.Name)
	}
	if err := s.alterable(ctx, relation, stmt.Action); err != nil {
		return err
	}
	sequences, err := s.sequencesOf(ctx, relation)
	if err != nil {
		return err
	}
	if _, err := s.apply(ctx, p.translation); err != nil {
		return err
	}
	if relation.Schema == "pg_temp" {
		return s.alteredTemp(ctx, relation.Name, stmt.Action)
	}
	self := relationObject(relation.Schema, relation.Name)
	s.change(self)
	s.rely(self.withUses())
	if err := s.recordAltered(ctx, relation, stmt.Action); err != nil {
		return err
	}
	if _, ok := stmt.Action.(*redshift.AlterDropColumn); ok {
		return s.dropUnused(ctx, relation, sequences)
	}
	return nil
}

// alterable refuses what cannot be done to a table: to change a column that
// views read, or to give a table another name that views use; and to rewrite it
// when its rows were changed before in the same transaction, which DuckDB would
// refuse at the end of it.
func (s *Session) alterable(ctx context.Context, relation *redshift.Relation, action redshift.AlterAction) error {
	set, rewrites := s.settings(), ""
	switch action := action.(type) {
	case *redshift.AlterAddColumn:
		rewrites = "ADD COLUMN"
	case *redshift.AlterDropColumn:
		rewrites = "DROP COLUMN"
		if err := s.columnFree(ctx, relation, "drop", action.Column.Fold(set), action.Cascade); err != nil {
			return err
		}
	case *redshift.AlterColumnType:
		rewrites = "ALTER COLUMN TYPE"
		if err := s.columnFree(ctx, relation, "alter the type of", action.Column.Fold(set), false); err != nil {
			return err
		}
		if err := s.typeFits(ctx, relation, action.Column.Fold(set), action.Type); err != nil {
			return err
		}
	case *redshift.AlterRenameColumn:
		if err := s.columnFree(ctx, relation, "rename", action.From.Fold(set), false); err != nil {
			return err
		}
	case *redshift.AlterRename:
		return s.renamable(ctx, relation, action.To.Fold(set))
	}
	if rewrites != "" && s.tx.rewritten[relationObject(relation.Schema, relation.Name)] {
		e := sqlError(stateUnsupported, "ALTER TABLE %s cannot follow UPDATE or DELETE of table %q in the same transaction", rewrites, relation.Name)
		e.Hint = "COMMIT first, or alter the table before its rows."
		return e
	}
	return nil
}

// columnFree checks that no view reads a column, or drops those that do.
func (s *Session) columnFree(ctx context.Context, relation *redshift.Relation, verb, column string, cascade bool) error {
	users, err := s.columnUsers(ctx, relation, column)
	switch {
	case err != nil || len(users) == 0:
		return err
	case cascade:
		return s.dropAll(ctx, users)
	}
	e := dependentError(verb+" column "+column+" of table "+relation.Name, users[0], false)
	if verb == "drop" {
		e.Hint = "Use DROP COLUMN ... CASCADE to drop the dependent objects too."
	}
	return e
}

// typeFits checks what Redshift allows of a column's type: a VARCHAR may get
// another length, no shorter than what is in it.
func (s *Session) typeFits(ctx context.Context, relation *redshift.Relation, column string, to redshift.Type) error {
	for _, c := range relation.Columns {
		if c.Name != column {
			continue
		}
		if c.Type.Name != "varchar" || to.Name != "varchar" {
			e := sqlError(stateUnsupported, "cannot alter type of column %q from %s to %s: only the length of a VARCHAR can be altered", column, c.Type, to)
			e.Hint = "Add a column of the new type, UPDATE it from the old one, drop that and rename the new one."
			return e
		}
		length := to.Length
		if length == 0 {
			length = 256 // VARCHAR alone
		}
		row, err := s.conn.Row(ctx, "SELECT max(strlen("+duck.Identifier(column)+")) FROM "+relation.DuckName)
		if err != nil {
			return err
		}
		if longest, ok := row[0].(int64); ok && longest > int64(length) {
			return sqlError("22001", "cannot alter column %q to %s: it holds a value of %d bytes", column, to, longest)
		}
	}
	return nil
}

// renamable checks a table's new name.
func (s *Session) renamable(ctx context.Context, relation *redshift.Relation, to string) error {
	found, err := s.dependents(ctx, relation.Schema, relation.Name)
	switch {
	case err != nil:
		return err
	case len(found) > 0:
		return dependentError("rename "+relation.Kind+" "+relation.Name, found[0], false)
	case relation.Schema == "pg_temp":
		if _, taken := s.temp.columns[to]; taken {
			return sqlError(stateDuplicate, "relation %q already exists", to)
		}
		return nil
	}
	_, err = s.vacant(ctx, relation.Schema, to, false)
	return err
}

// recordAltered writes down what DuckDB does not keep of an altered table.
func (s *Session) recordAltered(ctx context.Context, relation *redshift.Relation, action redshift.AlterAction) error {
	schema, name, set := relation.Schema, relation.Name, s.settings()
	const ofColumn = " WHERE schema_name = $1 AND relation = $2 AND name = $3"
	switch action := action.(type) {
	case *redshift.AlterAddColumn:
		return s.recordColumn(ctx, schema, name, redshift.Column{Name: action.Column.Name.Fold(set), Type: action.Column.Type})
	case *redshift.AlterDropColumn:
		return s.exec(ctx, "DELETE FROM leat.columns"+ofColumn, schema, name, action.Column.Fold(set))
	case *redshift.AlterRenameColumn:
		return s.exec(ctx, "UPDATE leat.columns SET name = $4"+ofColumn, schema, name, action.From.Fold(set), action.To.Fold(set))
	case *redshift.AlterColumnType:
		return s.exec(ctx, "UPDATE leat.columns SET length = $4"+ofColumn, schema, name, action.Column.Fold(set), action.Type.Length)
	case *redshift.AlterRename:
		return s.recordRename(ctx, relation, action.To.Fold(set))
	}
	return nil
}

// recordRename gives what Leat keeps of a relation its new name.
func (s *Session) recordRename(ctx context.Context, relation *redshift.Relation, to string) error {
	s.makes(relation.Schema, to)
	if s.tx.rewritten[relationObject(relation.Schema, relation.Name)] {
		s.tx.rewritten[relationObject(relation.Schema, to)] = true
	}
	for _, sql := range []string{
		"UPDATE leat.columns SET relation = $3 WHERE schema_name = $1 AND relation = $2",
		"UPDATE leat.relations SET name = $3 WHERE schema_name = $1 AND name = $2",
		"UPDATE leat.dependencies SET name = $3 WHERE schema_name = $1 AND name = $2",
	} {
		if err := s.exec(ctx, sql, relation.Schema, relation.Name, to); err != nil {
			return err
		}
	}
	return nil
}

// dropUnused drops those of a table's sequences whose column is gone.
func (s *Session) dropUnused(ctx context.Context, relation *redshift.Relation, before []string) error {
	if len(before) == 0 {
		return nil
	}
	used, err := s.sequencesOf(ctx, relation)
	if err != nil {
		return err
	}
	keep := map[string]bool{}
	for _, name := range used {
		keep[name] = true
	}
	var gone []string
	for _, name := range before {
		if !keep[name] {
			gone = append(gone, name)
		}
	}
	return s.dropSequences(ctx, gone)
}

func (s *Session) exec(ctx context.Context, sql string, args ...any) error {
	_, err := s.conn.Exec(ctx, sql, args...)
	return err
}
