package metastore

import (
	"database/sql"
	"path/filepath"
	"testing"
	"time"
)

// A store of the first version opens with all it had; its plans say that they
// are of that version, new ones do not.
func TestAStoreOfTheFirstVersionLosesNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "delivery.db")
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	for _, statement := range []string{
		migrations[0], "PRAGMA user_version = 1",
		`INSERT INTO delivery (id, name, created, version, state, definition, source, position, next_plan, read, delivered)
		 VALUES ('id', 'lake', 1, 1, 'ACTIVE', x'7b7d', 'events', '7', 2, 5, 5)`,
		`INSERT INTO plan VALUES ('id', 1, 'uuid', 1, '5', '7', 2, 20, 0, 1, 1)`,
	} {
		if _, err := db.Exec(statement); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	s, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	d, err := s.Delivery(t.Context(), "id")
	if err != nil || d.Name != "lake" || d.Position != "7" || d.Ledger.Read != 5 || d.Kept != `{"spelled":true}` {
		t.Errorf("%+v, %v", d, err)
	}
	added, err := s.SavePlan(t.Context(), Plan{Delivery: "id", UUID: "new", From: "7", To: "9", Oldest: time.UnixMilli(1), Created: time.UnixMilli(1)})
	if err != nil {
		t.Fatal(err)
	}
	added.Layout = "layout"
	if err := s.SaveLayout(t.Context(), added, "kept"); err != nil {
		t.Fatal(err)
	}
	plans, err := s.Plans(t.Context(), "id")
	if err != nil || len(plans) != 2 || !plans[0].First || plans[0].UUID != "uuid" || plans[1].First || plans[1].Layout != "layout" {
		t.Errorf("%+v, %v", plans, err)
	}
	if d, err = s.Delivery(t.Context(), "id"); err != nil || d.Kept != "kept" {
		t.Errorf("%+v, %v", d, err)
	}
	if err := s.SaveLayout(t.Context(), Plan{Delivery: "id", Number: 99}, "lost"); err == nil {
		t.Error("the layout of a plan that is not there was saved")
	}
}
