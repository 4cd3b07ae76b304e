package e2e

import (
	"os/exec"
	"testing"
)

// TestDriversGoTheirRound runs a program for each driver of the SQL port: types,
// errors, cancels, cursors, transactions, prepared statements and batches, as
// clients/drivers/round.json says, and what only that driver does.
func TestDriversGoTheirRound(t *testing.T) {
	t.Parallel()
	p := serve(t, t.TempDir())
	environment := []string{"LEAT_SQL=" + p.SQL, "LEAT_SQL_URL=postgresql://admin@" + p.SQL + "/dev?sslmode=disable", "PYTHONDONTWRITEBYTECODE=1"}
	drive := func(name string, command func(*testing.T) *exec.Cmd) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := command(t)
			c.Env = append(c.Environ(), environment...)
			p.succeeds(t, c)
		})
	}
	for module, script := range map[string]string{
		"asyncpg": "driver_asyncpg.py", "psycopg": "driver_psycopg3.py", "psycopg2": "driver_psycopg2.py",
		"redshift_connector": "driver_redshift.py", "sqlalchemy_redshift": "driver_sqlalchemy.py",
	} {
		drive(module, func(t *testing.T) *exec.Cmd {
			needsPython(t, module)
			return exec.Command("python3", "clients/python/"+script)
		})
	}
	for _, name := range []string{"pg", "postgres", "sequelize"} {
		drive(name, func(t *testing.T) *exec.Cmd { return node(t, "driver_"+name+".js") })
	}
	drive("redshift-jdbc42", func(t *testing.T) *exec.Cmd { return java(t, "RedshiftJdbc") })
}
