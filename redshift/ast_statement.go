package redshift

// A Statement is the syntax tree of one statement: a pointer to one of the
// types of the ast files. What Leat refuses as a whole (COPY, CALL …) is an
// *Unsupported, and fails when it is run.
type Statement interface {
	// Text is the statement's own source text, without the semicolon.
	Text() string
}

// Data and tables.
type (
	// Insert is INSERT INTO; Query is nil for DEFAULT VALUES.
	Insert struct {
		source
		Target  Name
		Columns []Ident
		Query   *Query
	}
	// Update is UPDATE … SET … [FROM …].
	Update struct {
		source
		With   *With
		Target Name
		Alias  Ident
		Set    []Assignment
		From   []FromItem
		Where  Expr
	}
	// Assignment is column = value.
	Assignment struct {
		Column Ident
		Value  Expr
	}
	// Delete is DELETE FROM … [USING …].
	Delete struct {
		source
		With   *With
		Target Name
		Alias  Ident
		Using  []FromItem
		Where  Expr
	}
	// Truncate is TRUNCATE.
	Truncate struct {
		source
		Names []Name
	}
	// Prepare is PREPARE name AS statement.
	Prepare struct {
		source
		Name      Ident
		Types     []Type
		Statement Statement
	}
	// Execute is EXECUTE name(args).
	Execute struct {
		source
		Name Ident
		Args []Expr
	}
	// Deallocate is DEALLOCATE name; Name is empty for ALL.
	Deallocate struct {
		source
		Name Ident
	}
	// Explain is EXPLAIN [VERBOSE] [ANALYZE] statement.
	Explain struct {
		source
		Analyze, Verbose bool
		Statement        Statement
	}
)

// Sessions and transactions.
type (
	// Begin is BEGIN or START TRANSACTION.
	Begin struct {
		source
		Isolation string // lower case, "" when not written
		ReadOnly  bool
		ReadWrite bool // said; not both
	}
	// Commit is COMMIT or END.
	Commit struct{ source }
	// Rollback is ROLLBACK or ABORT.
	Rollback struct{ source }
	// Set is SET name {TO|=} value. SET TIME ZONE is name "timezone", SET SESSION
	// CHARACTERISTICS is name "session characteristics" and SET TRANSACTION name
	// "transaction", with the modes as values: "read only", "isolation level …".
	Set struct {
		source
		Name   string // lower case, with dots
		Values []string
		// Default is SET name TO DEFAULT.
		Default bool
		Local   bool
	}
	// Reset is RESET name; Name is "" for ALL.
	Reset struct {
		source
		Name string
	}
	// Show is SHOW name; Name is "" for ALL.
	Show struct {
		source
		Name string
	}
	// Discard is DISCARD ALL.
	Discard struct{ source }
)

// Statements that are accepted, and those that decide who may do what.
type (
	// Analyze is ANALYZE [table]: accepted, without effect.
	Analyze struct {
		source
		Name *Name
	}
	// Vacuum is VACUUM [kind] [table]: accepted, without effect.
	Vacuum struct {
		source
		Kind string
		Name *Name
	}
	// Grant is GRANT or REVOKE.
	Grant struct {
		source
		Revoke     bool
		Privileges []string // lower case; "all" for ALL PRIVILEGES; role or group names for a role grant
		Object     string   // "table", "schema", "all tables in schema" …, "" for a role grant
		Names      []Name
		Grantees   []Grantee
		Option     bool // WITH GRANT OPTION, WITH ADMIN OPTION
	}
	// Grantee is who a privilege is for.
	Grantee struct {
		Kind string // "user", "group", "role", "public"
		Name Ident
	}
	// Comment is COMMENT ON object IS text.
	Comment struct {
		source
		Object string // "table", "column", "schema", "view" …
		Name   Name
		Value  string
		Null   bool
	}
	// CreateUser is CREATE USER or ALTER USER.
	CreateUser struct {
		source
		Alter    bool
		Name     Ident
		Password string // "" when none is given or it is disabled
		Disable  bool   // PASSWORD DISABLE
		Options  []string
	}
	// CreateGroup is CREATE GROUP or CREATE ROLE.
	CreateGroup struct {
		source
		Kind  string // "group", "role"
		Name  Ident
		Users []Ident
	}
	// Unsupported is a statement of Redshift's that Leat does not run. What
	// names it as in an error: `COPY is not supported`.
	Unsupported struct {
		source
		What string
		Hint string
	}
)
