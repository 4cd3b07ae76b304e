package delivery

import (
	"context"
	"database/sql"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"leat"
	"leat/source"
)

// change changes the store of a service that does not run, as another version
// of Leat may have left it.
func (r *rig) change(statements ...string) {
	r.t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(r.cfg.Dir, storeFile))
	if err != nil {
		r.t.Fatal(err)
	}
	defer db.Close()
	for _, statement := range statements {
		if _, err := db.Exec(statement); err != nil {
			r.t.Fatal(err)
		}
	}
}

// A delivery stream whose definition is not valid any more is kept, says why,
// and can be deleted; the others go on.
func TestADeliveryStreamThatCannotWorkDoesNotStopTheOthers(t *testing.T) {
	for what, definition := range map[string]string{
		"a query that does not translate": `json_set(definition, '$.Query', 'SELECT no_such_function(n) AS n FROM records')`,
		"a query that does not parse":     `json_set(definition, '$.Query', 'SELECT FROM WHERE')`,
		"an unknown format":               `json_set(definition, '$.Format', 'orc')`,
		"a damaged definition":            `'{'`,
		"a prefix that does not compile":  `json_set(definition, '$.Prefix', '!{nope:x}')`,
	} {
		t.Run(what, func(t *testing.T) {
			r := newRig(t)
			src := newMemSource("events")
			r.sources["events"] = src
			r.start()
			bad, good := openLake, openLake
			bad.Name = "bad"
			r.create(bad)
			r.create(good)
			r.stop()
			r.change(`UPDATE delivery SET definition = CAST(` + strings.ReplaceAll(definition, "json_set(definition", "json_set(CAST(definition AS TEXT)") + ` AS BLOB) WHERE name = 'bad'`)
			src.put(began, `{"n":1}`)
			r.start()
			r.flush("lake")
			s, err := r.service.Status("bad")
			if err != nil || s.State != Failed || s.LastError == "" || s.ID == "" {
				t.Fatalf("%+v, %v", s, err)
			}
			if err := r.service.Flush(t.Context(), "bad"); leat.CodeOf(err) != leat.Unavailable {
				t.Errorf("flush: %v", err)
			}
			if err := r.service.Delete(t.Context(), "bad"); err != nil {
				t.Fatal(err)
			}
			r.create(bad)
			r.flush("bad")
		})
	}
}

// panicking is a source that panics when it is read, until it does not.
type panicking struct {
	source.Source
	left *atomic.Int32
}

func (p panicking) Open(ctx context.Context, from source.Position) (source.Reader, error) {
	if p.left.Add(-1) >= 0 {
		panic("a fault in the code")
	}
	return p.Source.Open(ctx, from)
}

// A panic ends one attempt of one pipe, is shown, and tried again.
func TestAPanicEndsOneAttemptOfOnePipe(t *testing.T) {
	for _, def := range []Definition{openLake, jsonLake} {
		r := newRig(t)
		src := newMemSource("events")
		r.sources["events"] = src
		var left atomic.Int32
		open := r.cfg.OpenSource
		r.cfg.OpenSource = func(ctx context.Context, name string) (source.Source, error) {
			src, err := open(ctx, name)
			return panicking{src, &left}, err
		}
		failed := make(chan error, 1000)
		r.cfg.Events.Failed = func(_ string, err error) { failed <- err }
		src.put(began, `{"n":1}`, `{"n":2}`)
		r.start()
		left.Store(1) // the follower's own reading
		r.create(def)
		if err := <-failed; !strings.Contains(err.Error(), "a fault in the code") {
			t.Fatal(err)
		}
		src.put(began, `{"n":3}`)
		r.flush(def.Name)
		left.Store(2) // the reading of a plan
		src.put(began, `{"n":4}`)
		r.flush(def.Name)
		s := r.checkLedger(def.Name, 4)
		if s.Panics != 3 || s.LastError != "" {
			t.Errorf("%+v", s)
		}
		r.stop()
	}
}

// Plans that the first version decided are delivered in its meaning: their
// objects may be in the bucket.
func TestPlansOfTheFirstVersionKeepTheirMeaning(t *testing.T) {
	r := newRig(t)
	src := newMemSource("events")
	r.sources["events"] = src
	r.start()
	def := openLake
	def.Prefix = "rows/d=!{partitionKeyFromQuery:d}/"
	r.create(def)
	src.put(began, `{"d":1,"Name":"a","name":2,"v":1}`, `{"d":1.5,"v":{"y":1.10}}`, `{"d":2,"a":1,"a":2}`)
	r.bucket.Fail = func(string, string) error { return errCrashed }
	saved := make(chan struct{}, 100)
	r.stop()
	r.cfg.Events.PlanSaved = func(string, Plan) { saved <- struct{}{} }
	r.start()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	go r.service.Flush(ctx, "lake") //nolint:errcheck // the bucket fails
	<-saved
	cancel()
	r.stop()
	// As the first version's store has them.
	r.change("UPDATE plan SET layout = NULL", `UPDATE delivery SET kept = '{"spelled":true}'`)
	r.bucket.Fail = nil
	r.start()
	r.flush("lake")
	src.put(began, `{"d":1.0,"Name":"b","NAME":1,"v":1}`)
	r.flush("lake")
	got := strings.Join(r.rowsNow(), "\n")
	for _, row := range []string{`1.0 {"Name":"a","name_2":2,"v":"1"}`, `1.5 {"Name":null,"name_2":null,"v":"{\"y\":1.1}"}`, `1 {"Name":"b","v":1,"leat_rest":"{\"NAME\":1}"}`} {
		if !strings.Contains(got, row) {
			t.Errorf("no %s in\n%s", row, got)
		}
	}
	if diff := cmp.Diff([]string{`{"d":2,"a":1,"a":2}`}, r.quarantined("bad/")); diff != "" {
		t.Error(diff)
	}
	r.checkLedger("lake", 4)
}
