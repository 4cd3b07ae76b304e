package redshift

// ResultColumn is a column that a statement returns.
type ResultColumn struct {
	Name string
	Type Type // Name "unknown": take DuckDB's type
}

// A Translation is a statement in DuckDB's SQL.
type Translation struct {
	// Before are statements to run first, in the same transaction: the sequence
	// behind an IDENTITY, all but the last of DROP TABLE a, b.
	Before  []string
	SQL     string // one statement, with $1, $2 … for parameters; "" when there is nothing to do
	Columns []ResultColumn
	Params  []Type // "unknown" where not inferable
	Tag     string // command tag for the protocol: SELECT, INSERT, UPDATE, DELETE, CREATE TABLE …
}

// then adds a statement to run after those there are.
func (tr *Translation) then(sql string) {
	if tr.SQL != "" {
		tr.Before = append(tr.Before, tr.SQL)
	}
	tr.SQL = sql
}

// Translate translates a query, DML or table DDL. Names are resolved against
// the catalog; unknown functions and tables are Redshift's errors; only listed
// functions pass, so that no DuckDB function that reaches files gets through.
// Statements that the session itself runs (BEGIN, SET, REFRESH …) and those
// that are not supported are errors.
func Translate(stmt Statement, cat Catalog, set Settings) (*Translation, error) {
	var full string
	if s, ok := stmt.(interface{ fullText() string }); ok {
		full = s.fullText()
	}
	if err := CheckDatabase(stmt, set); err != nil {
		return nil, err
	}
	t := newTranslator(full, cat, set)
	tr, err := t.statement(stmt)
	if err == nil {
		err = t.failed
	}
	if err != nil {
		return nil, err
	}
	tr.Params = t.params
	return tr, nil
}

func (t *translator) statement(stmt Statement) (*Translation, error) {
	switch s := stmt.(type) {
	case *Query:
		return t.queryStatement(s)
	case *Insert:
		return t.insert(s)
	case *Update:
		return t.update(s)
	case *Delete:
		return t.delete(s)
	case *Truncate:
		return t.truncate(s)
	case *CreateTable:
		return t.createTable(s)
	case *CreateTableAs:
		return t.createTableAs(s)
	case *CreateView:
		return t.createView(s)
	case *CreateSchema:
		return t.createSchema(s)
	case *Drop:
		return t.drop(s)
	case *AlterTable:
		return t.alterTable(s)
	case *Explain:
		return t.explain(s)
	case *Unsupported:
		return nil, &Error{SQLSTATE: codeUnsupported, Message: s.What + " is not supported", Hint: s.Hint}
	}
	return nil, &Error{SQLSTATE: codeUnsupported, Message: "this statement is not supported here: " + clip(stmt.Text())}
}

func (t *translator) queryStatement(q *Query) (*Translation, error) {
	rel, err := t.query(q, nil)
	if err != nil {
		return nil, err
	}
	return &Translation{SQL: rel.final(), Columns: rel.results(), Tag: "SELECT"}, nil
}

func (t *translator) explain(e *Explain) (*Translation, error) {
	tr, err := t.statement(e.Statement)
	if err != nil {
		return nil, err
	}
	verb := "EXPLAIN "
	if e.Analyze {
		verb = "EXPLAIN ANALYZE "
	}
	return &Translation{SQL: verb + tr.SQL, Columns: []ResultColumn{{"QUERY PLAN", typeVarchar}}, Tag: "EXPLAIN"}, nil
}
