package metastore

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"leat"
)

func open(t *testing.T, path string) *Store {
	t.Helper()
	s, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func sample(name string) Delivery {
	return Delivery{
		ID: "id-" + name, Name: name, Created: time.UnixMilli(1710666307123).UTC(), Version: 1, State: "ACTIVE",
		Definition: []byte(`{"Name":"x"}`), Source: "orders#1", Position: "10",
	}
}

func plan(from, to string) Plan {
	return Plan{
		Delivery: "id-lake", UUID: "u-" + from, Version: 1, From: from, To: to, Records: 7, Bytes: 700, Lost: 1,
		Oldest: time.UnixMilli(1710666307123).UTC(), Created: time.UnixMilli(1710666309000).UTC(),
	}
}

// state reads all there is in a store.
func state(t *testing.T, s *Store) string {
	t.Helper()
	deliveries, err := s.Deliveries(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	text := ""
	for _, d := range deliveries {
		plans, err := s.Plans(t.Context(), d.ID)
		if err != nil {
			t.Fatal(err)
		}
		text += fmt.Sprintf("%+v %+v\n", d, plans)
		if err := d.Ledger.Check(); err != nil {
			t.Error(err)
		}
	}
	return text
}

func TestWhatIsSavedIsThereAfterReopening(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a b?c#d.db") // characters that mean something in a URI
	s := open(t, path)
	want := sample("lake")
	if err := s.CreateDelivery(t.Context(), want); err != nil {
		t.Fatal(err)
	}
	if _, err := s.SavePlan(t.Context(), plan("10", "17")); err != nil {
		t.Fatal(err)
	}
	second, err := s.SavePlan(t.Context(), plan("17", "20"))
	if err != nil {
		t.Fatal(err)
	}
	ledger := Ledger{Read: 7, Delivered: 4, Dropped: 2, Quarantined: 1, Lost: 3, Objects: 2, Bytes: 99}
	if err := s.ClosePlan(t.Context(), second, ledger); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = open(t, path)
	deliveries, err := s.Deliveries(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want.Position, want.Ledger = "20", ledger
	if diff := cmp.Diff([]Delivery{want}, deliveries); diff != "" {
		t.Error(diff)
	}
	plans, err := s.Plans(t.Context(), want.ID)
	if err != nil {
		t.Fatal(err)
	}
	first := plan("10", "17")
	first.Number = 1
	if diff := cmp.Diff([]Plan{first}, plans); diff != "" {
		t.Error(diff)
	}
}

func TestImpossibleChangesAreRefusedAndChangeNothing(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "meta.db"))
	if err := s.CreateDelivery(t.Context(), sample("lake")); err != nil {
		t.Fatal(err)
	}
	saved, err := s.SavePlan(t.Context(), plan("10", "17"))
	if err != nil {
		t.Fatal(err)
	}
	before := state(t, s)
	other := saved
	other.Number = 99
	for what, change := range map[string]func() error{
		"name taken":                   func() error { return s.CreateDelivery(t.Context(), sample("lake")) },
		"plan elsewhere":               func() error { _, err := s.SavePlan(t.Context(), plan("16", "20")); return err },
		"plan of nobody":               func() error { _, err := s.SavePlan(t.Context(), Plan{Delivery: "x"}); return err },
		"close an unknown plan":        func() error { return s.ClosePlan(t.Context(), other, Ledger{}) },
		"close with a false ledger":    func() error { return s.ClosePlan(t.Context(), saved, Ledger{Read: 2, Delivered: 1}) },
		"state of an unknown":          func() error { return s.SetDeliveryState(t.Context(), "x", "DELETING") },
		"reset of an unknown's source": func() error { return s.ResetSource(t.Context(), "x", "a", "1") },
	} {
		if err := change(); err == nil {
			t.Errorf("%s: no error", what)
		}
		if after := state(t, s); after != before {
			t.Errorf("%s: the store changed\nfrom %s\nto   %s", what, before, after)
		}
	}
	if err := s.CreateDelivery(t.Context(), sample("lake")); leat.CodeOf(err) != leat.AlreadyExists {
		t.Errorf("got %v, want AlreadyExists", err)
	}
}

func TestResetSourceCountsPlannedRecordsAsLost(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "meta.db"))
	if err := s.CreateDelivery(t.Context(), sample("lake")); err != nil {
		t.Fatal(err)
	}
	for _, p := range []Plan{plan("10", "17"), plan("17", "20")} {
		if _, err := s.SavePlan(t.Context(), p); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.ResetSource(t.Context(), "id-lake", "orders#2", "0"); err != nil {
		t.Fatal(err)
	}
	d, err := s.Delivery(t.Context(), "id-lake")
	if err != nil {
		t.Fatal(err)
	}
	if d.Source != "orders#2" || d.Position != "0" || d.Ledger.Lost != 16 {
		t.Errorf("got %+v", d)
	}
	if plans, err := s.Plans(t.Context(), "id-lake"); err != nil || len(plans) > 0 {
		t.Errorf("plans %v, %v", plans, err)
	}
	if err := s.DeleteDelivery(t.Context(), "id-lake"); err != nil {
		t.Fatal(err)
	}
	if got := state(t, s); got != "" {
		t.Errorf("after deletion: %s", got)
	}
}

// What a process that dies leaves is the files as they are: after each change,
// a copy of them must open with exactly that change.
func TestEveryChangeSurvivesTheProcess(t *testing.T) {
	folder := t.TempDir()
	s := open(t, filepath.Join(folder, "meta.db"))
	check := func(step int) {
		t.Helper()
		want, copied := state(t, s), t.TempDir()
		if err := os.CopyFS(copied, os.DirFS(folder)); err != nil {
			t.Fatal(err)
		}
		survivor, err := Open(t.Context(), filepath.Join(copied, "meta.db"))
		if err != nil {
			t.Fatal(err)
		}
		defer survivor.Close()
		if got := state(t, survivor); got != want {
			t.Errorf("step %d:\ngot  %s\nwant %s", step, got, want)
		}
	}
	if err := s.CreateDelivery(t.Context(), sample("lake")); err != nil {
		t.Fatal(err)
	}
	for i := range 10 {
		check(i)
		p, err := s.SavePlan(t.Context(), plan(fmt.Sprint(10+i), fmt.Sprint(11+i)))
		if err != nil {
			t.Fatal(err)
		}
		check(i)
		if i%3 == 0 {
			if err := s.ClosePlan(t.Context(), p, Ledger{Read: 7, Delivered: 7}); err != nil {
				t.Fatal(err)
			}
		}
	}
	check(10)
}

func TestASecondOpeningIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "meta.db")
	open(t, path)
	if s, err := Open(t.Context(), path); leat.CodeOf(err) != leat.InUse {
		t.Errorf("got %v, %v, want InUse", s, err)
	}
}

func TestForeignAndDamagedFilesAreRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "meta.db")
	if err := os.WriteFile(path, []byte("this is no database, and long enough to be looked at as one, header and all"+string(make([]byte, 4096))), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(t.Context(), path); leat.CodeOf(err) != leat.Corrupt {
		t.Errorf("damaged: got %v, want Corrupt", err)
	}
	newer := filepath.Join(t.TempDir(), "newer.db")
	s := open(t, newer)
	if _, err := s.db.Exec("PRAGMA user_version = 1000"); err != nil {
		t.Fatal(err)
	}
	s.Close()
	if _, err := Open(t.Context(), newer); leat.CodeOf(err) != leat.Unsupported {
		t.Errorf("newer: got %v, want Unsupported", err)
	}
	if _, err := Open(t.Context(), filepath.Join(t.TempDir(), "no", "folder.db")); err == nil {
		t.Error("a missing folder: no error")
	}
}
