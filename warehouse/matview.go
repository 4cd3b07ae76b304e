package warehouse

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"leat/duck"
	"leat/redshift"
)

// createMaterializedView is CREATE MATERIALIZED VIEW: over a stream when its
// query reads one, over tables otherwise. A view over a stream is empty until it
// is refreshed, as in Redshift.
func (s *Session) createMaterializedView(ctx context.Context, stmt *redshift.CreateMaterializedView) error {
	return s.within(ctx, func() error {
		schema, name := s.target(stmt.Name)
		if taken, err := s.vacant(ctx, schema, name, stmt.IfNotExists); err != nil || taken {
			return err
		}
		def := definition{
			Schema: schema, Name: name, Definition: stmt.Definition(), Query: stmt.QueryText, Settings: s.definitionSettings(),
			AutoRefresh: stmt.AutoRefresh, Owner: s.user, Created: s.w.cfg.Now().UTC(),
		}
		cat := s.catalog(ctx)
		query, err := redshift.TranslateStream(stmt.Query, cat, cat.settings)
		if cat.err != nil {
			return cat.err
		}
		if !readsStream(cat) {
			return s.createTableView(ctx, def, stmt, err)
		}
		if err != nil {
			return err
		}
		return s.createStreamView(ctx, def, query, stmt)
	})
}

func readsStream(cat *catalog) bool {
	for _, relation := range cat.used {
		if relation.Kind == kindStream {
			return true
		}
	}
	return false
}

func (s *Session) createStreamView(ctx context.Context, def definition, query *redshift.StreamQuery, stmt *redshift.CreateMaterializedView) error {
	if len(stmt.Columns) > 0 {
		return sqlError(stateUnsupported, "a list of column names is not supported for a materialized view over a stream")
	}
	def.Kind, def.ExternalSchema, def.Stream = streamView, query.ExternalSchema, query.Stream
	var columns []redshift.Column
	for _, column := range query.Columns {
		columns = append(columns, redshift.Column{Name: column.Name, Type: column.Type})
	}
	attributes, err := stmt.Attributes.Resolve(columns, def.Settings)
	if err != nil {
		return err
	}
	def.Options = attributes.Options()
	sql, err := s.w.streamTable(s.conn, def, query)
	if err != nil {
		return err
	}
	if err := s.exec(ctx, sql); err != nil {
		return err
	}
	if err := insertDefinition(ctx, s.conn, &def); err != nil {
		return err
	}
	if err := s.record(ctx, def.Schema, def.Name, &def.Query, literalsOfView, columns); err != nil {
		return err
	}
	s.makes(def.Schema, def.Name)
	s.rely(schemaObject(def.ExternalSchema))
	s.change(schemaObject(def.ExternalSchema).withUses())
	s.afterCommit(func() error {
		if err := s.w.openView(def.ID); err != nil {
			s.notice("WARNING", "01000", "materialized view %q was made and cannot be refreshed: %v", def.Name, err)
		}
		return nil
	})
	return nil
}

// streamTable is the statement that makes the table of a streaming view: the
// types are those of the query's expressions. Text is compressed with zstd: for
// JSON documents it is smaller than DuckDB's own choice, and costs a third of
// the time to write.
func (w *Warehouse) streamTable(conn *duck.Conn, def definition, query *redshift.StreamQuery) (string, error) {
	batch, err := w.db.NewBatch()
	if err != nil {
		return "", err
	}
	defer batch.Close()
	var values []string
	for i, column := range query.Columns {
		values = append(values, fmt.Sprintf("(%s) AS c%d", column.Expr, i))
	}
	sql := "SELECT " + strings.Join(values, ", ") + " FROM " + batch.From()
	if query.Where != "" {
		sql += " WHERE (" + query.Where + ")"
	}
	stmt, err := conn.Prepare(context.Background(), sql)
	if err != nil {
		return "", err
	}
	defer stmt.Close()
	var columns []string
	for i, column := range stmt.Columns() {
		text := duck.Identifier(query.Columns[i].Name) + " " + column.Type.String()
		if column.Type.IsJSON() {
			text += " USING COMPRESSION zstd"
		}
		columns = append(columns, text)
	}
	return "CREATE TABLE " + tableName(def) + " (" + strings.Join(columns, ", ") + ")", nil
}

// createTableView makes a materialized view over tables, with its rows.
// streamErr is why the query is none over a stream, for a query that reads one
// all the same.
func (s *Session) createTableView(ctx context.Context, def definition, stmt *redshift.CreateMaterializedView, streamErr error) error {
	columns, uses, err := s.queryColumns(ctx, stmt.Query, stmt.Columns)
	for _, relation := range uses {
		if relation.Kind == kindStream {
			return streamErr
		}
	}
	if err != nil {
		return err
	}
	if stmt.AutoRefresh {
		e := sqlError(stateUnsupported, "AUTO REFRESH YES is not supported for a materialized view over tables")
		e.Hint = "Make it with AUTO REFRESH NO and refresh it with REFRESH MATERIALIZED VIEW."
		return e
	}
	attributes, err := stmt.Attributes.Resolve(columns, def.Settings)
	if err != nil {
		return err
	}
	def.Kind, def.Options = tableView, attributes.Options()
	def.Options["COLUMNS"] = columnNames(columns)
	if err := s.fillTableView(ctx, &def); err != nil {
		return err
	}
	if err := insertDefinition(ctx, s.conn, &def); err != nil {
		return err
	}
	s.makes(def.Schema, def.Name)
	if err := s.record(ctx, def.Schema, def.Name, &def.Query, literalsOfView, columns); err != nil {
		return err
	}
	return s.depend(ctx, def.Schema, def.Name, kindMatv, uses)
}

// columnNames writes a list of columns as SQL does.
func columnNames(columns []redshift.Column) string {
	var names []string
	for _, column := range columns {
		names = append(names, duck.Identifier(column.Name))
	}
	return strings.Join(names, ", ")
}

// fillTableView computes a view over tables anew, in a table that takes the
// place of the old one.
func (s *Session) fillTableView(ctx context.Context, def *definition) error {
	query, err := s.translateTableView(ctx, def)
	if err != nil {
		return err
	}
	return s.exec(ctx, "CREATE OR REPLACE TABLE "+tableName(*def)+" AS "+query)
}

// translateTableView is the query of a view over tables, with the settings
// that it was made with.
func (s *Session) translateTableView(ctx context.Context, def *definition) (string, error) {
	statements, err := def.Settings.Literals.Parse(def.Query)
	if err != nil {
		return "", err
	}
	cat := s.catalog(ctx)
	cat.settings = def.Settings
	translation, err := redshift.Translate(statements[0], cat, def.Settings)
	if cat.err != nil {
		return "", cat.err
	}
	if err != nil {
		return "", err
	}
	return "SELECT * FROM (" + translation.SQL + ") AS q(" + def.Options["COLUMNS"] + ")", nil
}

// alterMaterializedView is ALTER MATERIALIZED VIEW … AUTO REFRESH.
func (s *Session) alterMaterializedView(ctx context.Context, stmt *redshift.AlterMaterializedView) error {
	return s.within(ctx, func() error {
		def, err := s.materializedView(ctx, stmt.Name)
		if err != nil || stmt.AutoRefresh == nil {
			return err
		}
		if def.Kind == tableView && *stmt.AutoRefresh {
			return sqlError(stateUnsupported, "AUTO REFRESH YES is not supported for a materialized view over tables")
		}
		s.change(relationObject(def.Schema, def.Name))
		if err := s.exec(ctx, "UPDATE leat.views SET auto_refresh = $2 WHERE id = $1", def.ID, *stmt.AutoRefresh); err != nil {
			return err
		}
		s.afterCommit(func() error {
			return s.w.alteredView(def.ID)
		})
		return nil
	})
}

// materializedView resolves the name of a materialized view.
func (s *Session) materializedView(ctx context.Context, name redshift.Name) (*definition, error) {
	relation, err := s.relation(ctx, name)
	if err != nil {
		return nil, err
	}
	if relation.Kind != kindMatv {
		return nil, sqlError(stateWrongObject, "%q is not a materialized view", relation.Name)
	}
	def, err := findView(ctx, s.conn, relation.Schema, relation.Name)
	if err == nil && def == nil {
		err = noRelation(relation.Schema, relation.Name)
	}
	return def, err
}

// refresh is REFRESH MATERIALIZED VIEW. A streaming view is refreshed in
// transactions of its own, also inside a transaction block, which sees the new
// rows after its end; a view over tables in the transaction of the statement.
func (s *Session) refresh(ctx context.Context, stmt *redshift.RefreshMaterializedView) (*Rows, error) {
	var def *definition
	err := s.within(ctx, func() (err error) {
		def, err = s.materializedView(ctx, stmt.Name)
		return err
	})
	if err != nil {
		return nil, err
	}
	tag := "REFRESH MATERIALIZED VIEW"
	if def.Kind == streamView {
		out, err := s.refreshStream(ctx, def)
		if err != nil {
			return nil, err
		}
		s.notice("INFO", "00000", "Materialized view %s was incrementally updated successfully.", def.Name)
		if out.quarantined > 0 {
			s.notice("WARNING", "01000", "%d of %d records were quarantined, see leat_quarantine", out.quarantined, out.read)
		}
		return staticRows(nil, nil, tag), nil
	}
	started := s.w.cfg.Now().UTC()
	if err := s.within(ctx, func() error { return s.fillTableView(ctx, def) }); err != nil {
		s.w.history.tell(*def, s.id, refreshManual, statusFailed+translateError(err).Error(), started, s.w.cfg.Now().UTC(), 0)
		return nil, err
	}
	s.w.history.tell(*def, s.id, refreshManual, statusRecomputed, started, s.w.cfg.Now().UTC(), 0)
	s.notice("INFO", "00000", "Materialized view %s was recomputed successfully.", def.Name)
	return staticRows(nil, nil, tag), nil
}

// refreshStream refreshes a view over a stream.
func (s *Session) refreshStream(ctx context.Context, def *definition) (outcome, error) {
	v := s.w.view(def.ID)
	if v == nil {
		if s.tx.changed[relationObject(def.Schema, def.Name)] {
			return outcome{}, sqlError(stateUnsupported, "materialized view %q cannot be refreshed in the transaction that makes it", def.Name)
		}
		if !s.w.isBroken(def.Schema, def.Name) {
			return outcome{}, noRelation(def.Schema, def.Name) // it was dropped since
		}
		e := sqlError("55000", "materialized view %q could not be opened, see the server's log", def.Name)
		e.Hint = "Drop it and create it again."
		return outcome{}, e
	}
	out, err := v.refreshToParity(ctx, s.params.lockTimeout())
	if errors.Is(err, errViewGone) {
		return outcome{}, noRelation(def.Schema, def.Name)
	}
	return out, err
}
