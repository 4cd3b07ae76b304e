package warehouse

import (
	"context"
	"encoding/json"
	"strings"

	"leat/redshift"
)

// Users, groups and grants are kept and shown. Who may connect is decided by
// the server's credentials; every connected user may do everything, as the one
// superuser of a cluster.

// createUser is CREATE USER and ALTER USER. Passwords are not kept, options have
// no effect: both are said.
func (s *Session) createUser(ctx context.Context, stmt *redshift.CreateUser) (string, error) {
	name := stmt.Name.Fold(s.settings())
	tag := "CREATE USER"
	if stmt.Alter {
		tag = "ALTER USER"
	}
	return tag, s.within(ctx, func() error {
		exists, err := s.userExists(ctx, name, "user")
		switch {
		case err != nil:
			return err
		case stmt.Alter && !exists:
			return sqlError(stateUnknownName, "user %q does not exist", name)
		case stmt.Alter && len(stmt.Options) > 0:
			e := sqlError(stateUnsupported, "ALTER USER … %s is not supported", strings.ToUpper(strings.Join(stmt.Options, " ")))
			e.Hint = "Settings can be given when connecting (options), or by SET."
			return e
		case exists && !stmt.Alter:
			return sqlError("42710", "user %q already exists", name)
		}
		if stmt.Password != "" || stmt.Disable {
			s.notice("WARNING", "01000", "the password of user %q is not kept: the server's credentials decide who may connect", name)
		}
		if len(stmt.Options) > 0 {
			s.notice("WARNING", "01000", "the options of user %q are kept without effect: %s", name, strings.ToUpper(strings.Join(stmt.Options, " ")))
		}
		if stmt.Alter {
			return nil
		}
		options, err := json.Marshal(map[string]any{"options": stmt.Options})
		if err != nil {
			return err
		}
		s.change(userObject("user", name))
		return s.exec(ctx, "INSERT INTO leat.users VALUES ($1, 'user', $2)", name, string(options))
	})
}

// createGroup is CREATE GROUP and CREATE ROLE.
func (s *Session) createGroup(ctx context.Context, stmt *redshift.CreateGroup) (string, error) {
	name := stmt.Name.Fold(s.settings())
	return "CREATE " + strings.ToUpper(stmt.Kind), s.within(ctx, func() error {
		exists, err := s.userExists(ctx, name, stmt.Kind)
		switch {
		case err != nil:
			return err
		case exists:
			return sqlError("42710", "%s %q already exists", stmt.Kind, name)
		}
		s.change(userObject(stmt.Kind, name))
		return s.exec(ctx, "INSERT INTO leat.users VALUES ($1, $2, '{}')", name, stmt.Kind)
	})
}

func (s *Session) userExists(ctx context.Context, name, kind string) (bool, error) {
	if kind == "user" && name == s.w.cfg.User {
		return true, nil
	}
	row, err := s.conn.Row(ctx, "SELECT count(*) FROM leat.users WHERE name = $1 AND kind = $2", name, kind)
	if err != nil {
		return false, err
	}
	return row[0].(int64) > 0, nil
}

// dropUsers is DROP USER, GROUP and ROLE.
func (s *Session) dropUsers(ctx context.Context, stmt *redshift.Drop) error {
	for _, target := range stmt.Names {
		_, name := target.Fold(s.settings())
		exists, err := s.userExists(ctx, name, stmt.Kind)
		switch {
		case err != nil:
			return err
		case !exists && stmt.IfExists:
			s.notice("INFO", "00000", "%s %q does not exist, skipping", stmt.Kind, name)
			continue
		case !exists:
			return sqlError(stateUnknownName, "%s %q does not exist", stmt.Kind, name)
		case stmt.Kind == "user" && (name == s.w.cfg.User || name == s.user):
			return sqlError("55006", "current user cannot be dropped")
		}
		s.change(userObject(stmt.Kind, name))
		s.rely(userObject(stmt.Kind, name).withUses())
		if err := s.exec(ctx, "DELETE FROM leat.users WHERE name = $1 AND kind = $2", name, stmt.Kind); err != nil {
			return err
		}
		if err := s.exec(ctx, "DELETE FROM leat.grants WHERE grantee = $1 AND grantee_kind = $2", name, stmt.Kind); err != nil {
			return err
		}
	}
	return nil
}

// grant is GRANT and REVOKE: written down, and shown.
func (s *Session) grant(ctx context.Context, stmt *redshift.Grant) (string, error) {
	tag := "GRANT"
	if stmt.Revoke {
		tag = "REVOKE"
	}
	set := s.settings()
	return tag, s.within(ctx, func() error {
		for _, grantee := range stmt.Grantees {
			name := grantee.Name.Fold(set)
			if grantee.Kind != "public" {
				exists, err := s.userExists(ctx, name, grantee.Kind)
				if err != nil {
					return err
				}
				if !exists {
					return sqlError(stateUnknownName, "%s %q does not exist", grantee.Kind, name)
				}
				s.rely(userObject(grantee.Kind, name))
				s.change(userObject(grantee.Kind, name).withUses())
			}
			objects := []string{""}
			if len(stmt.Names) > 0 {
				objects = objects[:0]
				for _, object := range stmt.Names {
					objects = append(objects, object.String())
				}
			}
			for _, object := range objects {
				for _, privilege := range stmt.Privileges {
					if err := s.exec(ctx, `DELETE FROM leat.grants WHERE privilege = $1 AND object_kind = $2 AND object = $3 AND grantee_kind = $4 AND grantee = $5`,
						privilege, stmt.Object, object, grantee.Kind, name); err != nil {
						return err
					}
					if stmt.Revoke {
						continue
					}
					if err := s.exec(ctx, "INSERT INTO leat.grants VALUES ($1, $2, $3, $4, $5)", privilege, stmt.Object, object, grantee.Kind, name); err != nil {
						return err
					}
				}
			}
		}
		return nil
	})
}
