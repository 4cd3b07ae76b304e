package warehouse

import (
	"context"

	"leat/duck"
	"leat/redshift"
)

// comment is COMMENT ON TABLE, VIEW or COLUMN.
func (s *Session) comment(ctx context.Context, stmt *redshift.Comment) error {
	text := "NULL"
	if !stmt.Null {
		text = duck.Literal(stmt.Value)
	}
	return s.within(ctx, func() error {
		switch stmt.Object {
		case "table", "view":
			relation, err := s.relation(ctx, stmt.Name)
			if err != nil {
				return err
			}
			kind := "TABLE"
			if relation.Kind == kindView {
				kind = "VIEW"
			}
			return s.exec(ctx, "COMMENT ON "+kind+" "+relation.DuckName+" IS "+text)
		case "column":
			n := len(stmt.Name.Parts)
			if n < 2 {
				break
			}
			relation, err := s.relation(ctx, redshift.Name{Parts: stmt.Name.Parts[:n-1]})
			if err != nil {
				return err
			}
			return s.exec(ctx, "COMMENT ON COLUMN "+relation.DuckName+"."+duck.Identifier(stmt.Name.Parts[n-1].Fold(s.settings()))+" IS "+text)
		}
		return sqlError(stateUnsupported, "COMMENT ON %s is not supported", stmt.Object)
	})
}
