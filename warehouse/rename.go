package warehouse

import (
	"context"
	"fmt"

	"leat/duck"
	"leat/redshift"
)

// rename gives a table, view or materialized view another name in its schema.
// What is made from it would keep the old name, so there must be nothing.
func (s *Session) rename(ctx context.Context, relation *redshift.Relation, to string) error {
	if err := s.noDependents(ctx, relation, relation.Kind+" "+relation.Name); err != nil {
		return err
	}
	if _, err := s.vacant(ctx, relation.Schema, to, false); err != nil {
		return err
	}
	kind := "TABLE"
	switch relation.Kind {
	case kindView:
		kind = "VIEW"
	case kindMatv:
		if err := s.renameDefinition(ctx, relation, to); err != nil {
			return err
		}
	}
	if err := s.exec(ctx, "ALTER "+kind+" "+relation.DuckName+" RENAME TO "+duck.Identifier(to)); err != nil {
		return err
	}
	s.changeCatalog()
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

// renameDefinition renames a materialized view in the catalog. A streaming view
// stands still meanwhile, and goes on under its new name after the commit.
func (s *Session) renameDefinition(ctx context.Context, relation *redshift.Relation, to string) error {
	def, err := findView(ctx, s.conn, relation.Schema, relation.Name)
	if err != nil || def == nil {
		return err
	}
	if v := s.w.view(def.ID); v != nil {
		if err := s.hold(ctx, v); err != nil {
			return err
		}
	}
	if err := s.exec(ctx, "UPDATE leat.views SET name = $2 WHERE id = $1", def.ID, to); err != nil {
		return err
	}
	if err := s.exec(ctx, "UPDATE leat.quarantine SET view_name = $2 WHERE view_id = $1", def.ID, to); err != nil {
		return err
	}
	def.Name = to
	s.afterCommit(func() error {
		v := s.w.view(def.ID)
		if v == nil {
			return nil
		}
		s.w.closeView(v)
		v, err := s.w.addView(s.conn, *def)
		if err != nil {
			return fmt.Errorf("open view %s.%s: %w", def.Schema, def.Name, err)
		}
		v.setAuto(def.AutoRefresh)
		return nil
	})
	return nil
}
