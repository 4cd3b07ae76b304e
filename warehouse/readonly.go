package warehouse

import (
	"context"
	"strings"

	"leat/redshift"
)

// readOnly reports whether statements may write nothing: the block says so, or,
// outside of one, the session's default.
func (s *Session) readOnly() bool {
	if s.tx.state == txIdle {
		return s.params.on("default_transaction_read_only")
	}
	return s.params.on("transaction_read_only")
}

// refuseWrite refuses a statement that writes while nothing may be written.
// Temporary tables may be filled all the same.
func (s *Session) refuseWrite(p *Prepared) error {
	if !s.readOnly() {
		return nil
	}
	written := p.stmt
	if explain, ok := written.(*redshift.Explain); ok && explain.Analyze {
		written = explain.Statement
	}
	var target *redshift.Name
	switch stmt := written.(type) {
	case *redshift.Query, *redshift.Explain, *redshift.Analyze, *redshift.Vacuum, *redshift.Show, *redshift.Set, *redshift.Reset, *redshift.Discard, *redshift.Begin, *redshift.Commit,
		*redshift.Rollback, *redshift.Deallocate, *redshift.Prepare, *redshift.Execute, *redshift.Unsupported:
		return nil
	case *redshift.Insert:
		target = &stmt.Target
	case *redshift.Update:
		target = &stmt.Target
	case *redshift.Delete:
		target = &stmt.Target
	}
	if target != nil {
		schema, name := target.Fold(s.settings())
		for _, relation := range p.relations {
			if relation.Name == name && relation.Schema == "pg_temp" && (schema == "" || schema == "pg_temp") {
				return nil
			}
		}
	}
	words := strings.Fields(strings.ToUpper(clip(written.Text(), 200)))
	n := 1
	if words[0] == "CREATE" || words[0] == "ALTER" || words[0] == "DROP" || words[0] == "REFRESH" {
		n = min(2, len(words))
	}
	return sqlError("25006", "cannot execute %s in a read-only transaction", strings.Join(words[:n], " "))
}

// beginModes makes the modes of BEGIN, and the session's defaults, those of the
// block.
func (s *Session) beginModes(ctx context.Context, stmt *redshift.Begin) error {
	readOnly := s.params.get("default_transaction_read_only")
	switch {
	case stmt.ReadOnly:
		readOnly = "on"
	case stmt.ReadWrite:
		readOnly = "off"
	}
	isolation := s.params.get("default_transaction_isolation")
	if stmt.Isolation != "" {
		isolation = stmt.Isolation
	}
	if readOnly == s.params.get("transaction_read_only") && isolation == s.params.get("transaction_isolation") {
		return nil
	}
	return s.setModes(ctx, "transaction_", readOnly, isolation, true)
}

// setTransaction is SET TRANSACTION, for the open block, and SET SESSION
// CHARACTERISTICS, for the blocks to come.
func (s *Session) setTransaction(ctx context.Context, stmt *redshift.Set) error {
	prefix, local := "default_transaction_", false
	if stmt.Name == "transaction" {
		if s.tx.state == txIdle {
			s.notice("WARNING", stateNoTransaction, "SET TRANSACTION can only be used in transaction blocks")
			return nil
		}
		prefix, local = "transaction_", true
	}
	readOnly, isolation := "", ""
	for _, mode := range stmt.Values {
		switch level, ok := strings.CutPrefix(mode, "isolation level "); {
		case ok:
			isolation = level
		case mode == "read only":
			readOnly = "on"
		case local && s.readOnly():
			return sqlError(stateActive, "transaction read-write mode cannot be set in a read-only transaction")
		default:
			readOnly = "off"
		}
	}
	return s.setModes(ctx, prefix, readOnly, isolation, local)
}

// setModes sets what is not empty. Transactions have a snapshot of the data and
// clash when they write the same; who asks for more is told.
func (s *Session) setModes(ctx context.Context, prefix, readOnly, isolation string, local bool) error {
	if readOnly != "" {
		if err := s.setParameter(ctx, prefix+"read_only", []string{readOnly}, false, local); err != nil {
			return err
		}
	}
	if isolation == "" {
		return nil
	}
	if isolation == "serializable" {
		s.notice("WARNING", "01000", "transactions run with snapshot isolation: two that read what the other one writes may both commit")
	}
	return s.setParameter(ctx, prefix+"isolation", []string{isolation}, false, local)
}
