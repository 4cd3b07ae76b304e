package redshift

import (
	"strings"
	"testing"
)

// What reads the clock, chance or the session is in the table of what does.
func TestWhatIsMutableIsListed(t *testing.T) {
	for name, variants := range functions {
		for _, v := range variants {
			sql := strings.ToLower(v.sql)
			reads := strings.Contains(sql, "leat_pg.") || strings.Contains(sql, "now(") || strings.Contains(sql, "random(") || strings.Contains(sql, "current_")
			if reads && mutable[name] == fixed && name != "pg_size_pretty" {
				t.Errorf("%s becomes %s, and is not in mutable", name, v.sql)
			}
		}
	}
	for name := range mutable {
		if !functionExists(name) {
			t.Errorf("%s is in mutable and is no function", name)
		}
	}
}
