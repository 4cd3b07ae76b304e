package pgwire

import (
	"context"
	"strings"
	"testing"
)

// TestAnIdleTransactionEndsTheConnection: at once, with the reason, and what it
// did is undone.
func TestAnIdleTransactionEndsTheConnection(t *testing.T) {
	addr := serveWarehouse(t)
	for _, test := range []struct{ set, then, state string }{
		{"SET idle_in_transaction_session_timeout = 50", "BEGIN; CREATE TABLE left_open (i INTEGER)", "25P03"},
		{"SET idle_in_transaction_session_timeout = '50ms'", "BEGIN; SELECT 1 / 0", "25P03"},
		{"SET idle_session_timeout = 50", "SELECT 1", "57P05"},
	} {
		conn := connectWarehouse(t, addr, "")
		if _, err := conn.Exec(testContext(t), test.set); err != nil {
			t.Fatal(err)
		}
		conn.PgConn().Exec(testContext(t), test.then).ReadAll()
		if _, err := conn.WaitForNotification(testContext(t)); sqlstate(err) != test.state {
			t.Errorf("%s: the connection ended with %v, want %s", test.then, err, test.state)
		}
	}
	other := connectWarehouse(t, addr, "")
	if _, err := other.Exec(testContext(t), "CREATE TABLE left_open (i INTEGER)"); err != nil {
		t.Error(err)
	}
}

// TestTruncateCommitsWhatIsBeforeIt: also among the statements of one message,
// where what follows is a transaction of its own.
func TestTruncateCommitsWhatIsBeforeIt(t *testing.T) {
	conn := connectWarehouse(t, serveWarehouse(t), "")
	exec := func(sql string) error {
		_, err := conn.PgConn().Exec(context.Background(), sql).ReadAll()
		return err
	}
	if err := exec("CREATE TABLE t (i INTEGER); INSERT INTO t VALUES (1); CREATE TABLE u (i INTEGER)"); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ sql, want string }{
		{"INSERT INTO u VALUES (1); TRUNCATE t; INSERT INTO u VALUES (2); SELECT 1 / 0", "1"},
		{"DELETE FROM u; INSERT INTO u VALUES (3); TRUNCATE t", "3"},
		{"BEGIN; INSERT INTO u VALUES (4); TRUNCATE t; INSERT INTO u VALUES (5); ROLLBACK", "3 4"},
		{"TRUNCATE u; INSERT INTO u VALUES (6); BEGIN; INSERT INTO u VALUES (7); COMMIT", "6 7"},
	} {
		exec(test.sql)
		if conn.PgConn().TxStatus() != 'I' {
			t.Fatalf("after %s the connection is in state %c", test.sql, conn.PgConn().TxStatus())
		}
		rows, err := conn.Query(testContext(t), "SELECT i::varchar FROM u ORDER BY i")
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for rows.Next() {
			var i string
			rows.Scan(&i)
			got = append(got, i)
		}
		if strings.Join(got, " ") != test.want {
			t.Errorf("after %s the table has %v, want %s", test.sql, got, test.want)
		}
	}
}
