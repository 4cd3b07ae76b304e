package warehouse

import (
	"context"
	"encoding/json"
	"fmt"

	"leat/duck"
	"leat/redshift"
)

// literalsOfView is what leat.relations keeps about the text of a view: that its
// literals follow Redshift's rule. Views made before there were rules lack it.
const literalsOfView = `{"Literals": 1}`

// literals is the rule by which the session reads '…'.
func (p parameters) literals() redshift.LiteralRule {
	if p.on("standard_conforming_strings") {
		return redshift.StandardLiterals
	}
	return redshift.EscapeLiterals
}

// definitionSettings are the session's settings as a definition keeps them: its
// text is kept by Redshift's rule of literals.
func (s *Session) definitionSettings() redshift.Settings {
	set := s.settings()
	set.Literals = redshift.EscapeLiterals
	return set
}

// renewLiterals writes the definitions that were made when a backslash was a
// plain character in literals so that they mean the same under Redshift's rule.
func renewLiterals(conn *duck.Conn) error {
	ctx, before := context.Background(), redshift.StandardLiterals
	definitions, err := queryDefinitions(ctx, conn, "SELECT "+definitionColumns+" FROM leat.views WHERE json_extract(settings, '$.Literals') IS NULL")
	if err != nil {
		return err
	}
	for _, def := range definitions {
		def.Settings.Literals = redshift.EscapeLiterals
		settings, err := json.Marshal(def.Settings)
		if err != nil {
			return err
		}
		if _, err := conn.Exec(ctx, "UPDATE leat.views SET definition = $2, query = $3, settings = $4 WHERE id = $1",
			def.ID, before.InRedshift(def.Definition), before.InRedshift(def.Query), string(settings)); err != nil {
			return fmt.Errorf("renew the literals of view %s.%s: %w", def.Schema, def.Name, err)
		}
	}
	return renewViewTexts(ctx, conn, before)
}

// renewViewTexts does the same for the texts of views, which are only shown.
func renewViewTexts(ctx context.Context, conn *duck.Conn, before redshift.LiteralRule) error {
	result, err := conn.Query(ctx, "SELECT schema_name, name, definition FROM leat.relations WHERE definition IS NOT NULL AND json_extract(options, '$.Literals') IS NULL")
	if err != nil {
		return err
	}
	var views [][3]string
	for result.Next() {
		row := result.Values()
		views = append(views, [3]string{row[0].(string), row[1].(string), row[2].(string)})
	}
	err = result.Err()
	result.Close()
	if err != nil {
		return err
	}
	for _, v := range views {
		if _, err := conn.Exec(ctx, "UPDATE leat.relations SET definition = $3, options = $4 WHERE schema_name = $1 AND name = $2",
			v[0], v[1], before.InRedshift(v[2]), literalsOfView); err != nil {
			return fmt.Errorf("renew the literals of view %s.%s: %w", v[0], v[1], err)
		}
	}
	return nil
}
