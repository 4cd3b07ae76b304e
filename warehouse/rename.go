package warehouse

import (
	"context"

	"leat/duck"
	"leat/redshift"
)

// renameView gives a view or materialized view another name in its schema. What
// is made from it would keep the old name, so there must be nothing.
func (s *Session) renameView(ctx context.Context, relation *redshift.Relation, to string) error {
	if err := s.renamable(ctx, relation, to); err != nil {
		return err
	}
	kind := "VIEW"
	if relation.Kind == kindMatv {
		kind = "TABLE"
		if err := s.renameDefinition(ctx, relation, to); err != nil {
			return err
		}
	}
	if err := s.exec(ctx, "ALTER "+kind+" "+relation.DuckName+" RENAME TO "+duck.Identifier(to)); err != nil {
		return err
	}
	self := relationObject(relation.Schema, relation.Name)
	s.change(self)
	s.rely(self.withUses())
	return s.recordRename(ctx, relation, to)
}

// renameDefinition renames a materialized view in the catalog. After the commit a
// streaming view is opened anew under its new name; a refresh that is under way
// meanwhile clashes, and is made again: see markSQL.
func (s *Session) renameDefinition(ctx context.Context, relation *redshift.Relation, to string) error {
	def, err := findView(ctx, s.conn, relation.Schema, relation.Name)
	if err != nil || def == nil {
		return err
	}
	if err := s.exec(ctx, "UPDATE leat.views SET name = $2 WHERE id = $1", def.ID, to); err != nil {
		return err
	}
	if err := s.exec(ctx, "UPDATE leat.quarantine SET view_name = $2 WHERE view_id = $1", def.ID, to); err != nil {
		return err
	}
	def.Name = to
	s.afterCommit(func() error {
		if def.Kind != streamView {
			return nil
		}
		s.w.forgetBroken(relation.Schema, relation.Name)
		if err := s.w.openView(def.ID); err != nil {
			s.notice("WARNING", "01000", "materialized view %q was renamed and cannot be refreshed: %v", def.Name, err)
		}
		return nil
	})
	return nil
}
