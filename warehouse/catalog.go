package warehouse

import (
	"context"
	"slices"

	"leat"
	"leat/duck"
	"leat/redshift"
)

// Kinds of relations, as package redshift names them.
const (
	kindTable  = "table"
	kindView   = "view"
	kindMatv   = "materialized view"
	kindStream = "stream"
	kindSystem = "system"
)

// A catalog answers, for one statement of one session, what names mean. It
// remembers which relations it handed out.
type catalog struct {
	ctx      context.Context
	w        *Warehouse
	conn     *duck.Conn
	cache    *relationCache
	settings redshift.Settings
	temp     map[string][]redshift.Column // temporary tables of the session
	// frozen views name streams that may not exist now.
	assumeStreams bool

	used []*redshift.Relation
	err  error // a failure that is not "does not exist"
}

// Relation resolves a name; see redshift.Catalog.
func (c *catalog) Relation(schema, name string) (*redshift.Relation, bool) {
	if c.err != nil {
		return nil, false
	}
	relation := c.lookup(schema, name)
	if relation == nil {
		return nil, false
	}
	c.used = append(c.used, relation)
	return relation, true
}

func (c *catalog) lookup(schema, name string) *redshift.Relation {
	if schema == "" || schema == "pg_temp" {
		if columns, ok := c.temp[name]; ok {
			return &redshift.Relation{Schema: "pg_temp", Name: name, Kind: kindTable, DuckName: "temp.main." + duck.Identifier(name), Columns: columns}
		}
	}
	switch schema {
	case "":
		if relation := c.system("pg_catalog", name); relation != nil {
			return relation
		}
		for _, schema := range c.path() {
			if relation := c.lookup(schema, name); relation != nil {
				return relation
			}
		}
		return nil
	case "pg_catalog", "information_schema":
		return c.system(schema, name)
	}
	if ownSchemas[schema] {
		return nil
	}
	return c.remembered(schema, name)
}

// path is the search path with $user filled in.
func (c *catalog) path() []string {
	var path []string
	for _, schema := range c.settings.SearchPath {
		if schema == "$user" {
			schema = c.settings.User
		}
		path = append(path, schema)
	}
	return path
}

// remembered finds a relation of a schema, and remembers what it found. Streams
// are not remembered: they come and go without a change of the catalog.
func (c *catalog) remembered(schema, name string) *redshift.Relation {
	if relation, ok := c.cache.find(schema, name); ok {
		return relation
	}
	relation, external := c.stream(schema, name)
	if external || c.err != nil {
		return relation
	}
	relation = c.user(schema, name)
	if c.err == nil {
		c.cache.remember(schema, name, relation)
	}
	return relation
}

// system finds a system relation of pg_catalog or information_schema.
func (c *catalog) system(schema, name string) *redshift.Relation {
	relation, err := c.w.system.find(c.ctx, c, schema, name)
	if err != nil {
		c.err = err
	}
	return relation
}

// stream finds a stream; external tells that the schema is one of streams.
func (c *catalog) stream(schema, name string) (relation *redshift.Relation, external bool) {
	row, err := c.conn.Row(c.ctx, "SELECT kind FROM leat.external_schemas WHERE name = $1", schema)
	if err != nil {
		c.err = err
		return nil, false
	}
	if row == nil {
		return nil, false
	}
	if !c.assumeStreams {
		_, err := c.w.cfg.OpenSource(c.ctx, row[0].(string), name)
		switch {
		case leat.CodeOf(err) == leat.NotFound:
			return nil, true
		case err != nil:
			c.err = err
			return nil, true
		}
	}
	return &redshift.Relation{Schema: schema, Name: name, Kind: kindStream, Columns: streamColumns}, true
}

// streamColumns are the columns of a Kinesis stream, with the names of both
// generations of Redshift's documentation.
var streamColumns = []redshift.Column{
	{Name: "approximate_arrival_timestamp", Type: redshift.Type{Name: "timestamp"}},
	{Name: "partition_key", Type: redshift.Type{Name: "varchar", Length: 256}},
	{Name: "shard_id", Type: redshift.Type{Name: "char", Length: 20}},
	{Name: "sequence_number", Type: redshift.Type{Name: "varchar", Length: 128}},
	{Name: "refresh_time", Type: redshift.Type{Name: "timestamp"}},
	{Name: "kinesis_data", Type: redshift.Type{Name: "varbyte"}},
}

// user finds a table or view of a user.
func (c *catalog) user(schema, name string) *redshift.Relation {
	columns, ok := c.columns(schema, name)
	if !ok {
		return nil
	}
	relation := &redshift.Relation{
		Schema: schema, Name: name, Kind: kindTable, Columns: columns,
		DuckName: duck.Identifier(schema) + "." + duck.Identifier(name),
	}
	row, err := c.conn.Row(c.ctx, `SELECT EXISTS (FROM leat.views WHERE schema_name = $1 AND name = $2),
		EXISTS (FROM leat.relations WHERE schema_name = $1 AND name = $2 AND definition IS NOT NULL)`, schema, name)
	switch {
	case err != nil:
		c.err = err
		return nil
	case row[0].(bool):
		relation.Kind = kindMatv
	case row[1].(bool):
		relation.Kind = kindView
	}
	return relation
}

// columns returns the columns of a DuckDB table or view, with Redshift's types
// where leat.columns knows more than DuckDB.
func (c *catalog) columns(schema, name string) ([]redshift.Column, bool) {
	stmt, err := c.conn.Prepare(c.ctx, "SELECT * FROM "+duck.Identifier(schema)+"."+duck.Identifier(name))
	if err != nil {
		switch duck.TypeOf(err) {
		case duck.Catalog, duck.Binder:
		case duck.Permission:
			// DuckDB takes a name that ends like a data file's for one, and may not
			// read it: it is no relation.
		default:
			c.err = err
		}
		return nil, false
	}
	defer stmt.Close()
	known, err := c.knownTypes(schema, name)
	if err != nil {
		c.err = err
		return nil, false
	}
	var columns []redshift.Column
	for _, column := range stmt.Columns() {
		t, ok := known[column.Name]
		if !ok {
			t = typeFromDuck(column.Type)
		}
		columns = append(columns, redshift.Column{Name: column.Name, Type: t})
	}
	return columns, true
}

func (c *catalog) knownTypes(schema, name string) (map[string]redshift.Type, error) {
	result, err := c.conn.Query(c.ctx, "SELECT name, type, length, precision, scale FROM leat.columns WHERE schema_name = $1 AND relation = $2", schema, name)
	if err != nil {
		return nil, err
	}
	defer result.Close()
	known := map[string]redshift.Type{}
	for result.Next() {
		row := result.Values()
		known[row[0].(string)] = redshift.Type{
			Name: row[1].(string), Length: int(row[2].(int32)), Precision: int(row[3].(int32)), Scale: int(row[4].(int32)),
		}
	}
	return known, result.Err()
}

// refersTo returns the relations of users that the statement names, without
// repetition.
func (c *catalog) refersTo() []*redshift.Relation {
	var out []*redshift.Relation
	for _, relation := range c.used {
		same := func(other *redshift.Relation) bool {
			return other.Schema == relation.Schema && other.Name == relation.Name
		}
		if relation.Kind != kindSystem && !slices.ContainsFunc(out, same) {
			out = append(out, relation)
		}
	}
	return out
}

// readsSystem reports whether the statement reads a system relation.
func (c *catalog) readsSystem() bool {
	return slices.ContainsFunc(c.used, func(r *redshift.Relation) bool { return r.Kind == kindSystem })
}
