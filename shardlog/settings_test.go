package shardlog

import (
	"bytes"
	"encoding/json"
	"errors"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"leat"
	"leat/vfs"
)

// sameJSON reports whether two documents say the same.
func sameJSON(t *testing.T, a, b []byte) bool {
	t.Helper()
	var x, y bytes.Buffer
	if err := json.Compact(&x, a); err != nil {
		t.Fatalf("%s: %v", a, err)
	}
	if err := json.Compact(&y, b); err != nil {
		t.Fatalf("%s: %v", b, err)
	}
	return x.String() == y.String()
}

func TestSettingsSurviveARestart(t *testing.T) {
	fsys := vfs.NewMem()
	cfg := Config{FS: fsys, Now: newClock().Now}
	store := mustOpen(t, cfg)
	stream := mustCreate(t, store, Spec{Name: "orders", Shards: 1, Attributes: []byte(`{"tags":{"a":"b"}}`)})
	if err := stream.Change(t.Context(), func(s *Settings) error {
		if !sameJSON(t, s.Attributes, []byte(`{"tags":{"a":"b"}}`)) || s.OnDemand || s.MaxRecordBytes != 1<<20 {
			t.Errorf("before the change: %+v", s)
		}
		s.MaxRecordBytes, s.OnDemand, s.Attributes = 2<<20, true, []byte(`{"tags":{"c":"d"}}`)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if err := store.ChangeAttributes(t.Context(), func(before []byte) ([]byte, error) {
		if before != nil {
			t.Errorf("attributes before there are any: %s", before)
		}
		return []byte(`{"x":1}`), nil
	}); err != nil {
		t.Fatal(err)
	}
	check := func(store *Store) {
		t.Helper()
		stream, err := store.Stream("orders")
		if err != nil {
			t.Fatal(err)
		}
		info := stream.Info()
		if info.MaxRecordBytes != 2<<20 || !info.OnDemand || !sameJSON(t, info.Attributes, []byte(`{"tags":{"c":"d"}}`)) || info.Retention != defaultRetention {
			t.Errorf("got %+v", info)
		}
		if body, err := store.Attributes(); err != nil || string(body) != `{"x":1}` {
			t.Errorf("attributes of all streams: %s, %v", body, err)
		}
	}
	check(store)
	if err := stream.SetRetention(t.Context(), maxRetention); err != nil {
		t.Fatal(err)
	}
	if err := stream.SetRetention(t.Context(), defaultRetention); err != nil {
		t.Fatal(err)
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	if err := store.ChangeAttributes(t.Context(), func(b []byte) ([]byte, error) { return b, nil }); leat.CodeOf(err) != leat.Unavailable {
		t.Errorf("a closed store takes attributes: %v", err)
	}
	again := mustOpen(t, cfg)
	check(again)
	mustVerify(t, fsys, store.cfg.Dir)
}

func TestRefusedChangesChangeNothing(t *testing.T) {
	store := mustOpen(t, Config{FS: vfs.NewMem(), Now: newClock().Now})
	stream := mustCreate(t, store, Spec{Name: "orders", Shards: 1})
	no := errors.New("no")
	for want, change := range map[string]func(*Settings) error{
		"no":                                  func(s *Settings) error { s.OnDemand = true; return no },
		"is not between 1 byte and 10 MiB":    func(s *Settings) error { s.OnDemand, s.MaxRecordBytes = true, 0; return nil },
		"attributes of stream orders are not": func(s *Settings) error { s.OnDemand, s.Attributes = true, []byte(`{`); return nil },
		"at most 4194304 are allowed":         func(s *Settings) error { s.OnDemand, s.Attributes = true, make([]byte, maxAttributes+1); return nil },
	} {
		if err := stream.Change(t.Context(), change); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
		if stream.Info().OnDemand {
			t.Errorf("%s: the change happened", want)
		}
	}
	if _, err := store.Create(t.Context(), Spec{Name: "other", Shards: 1, Attributes: []byte("{")}); leat.CodeOf(err) != leat.InvalidArgument {
		t.Errorf("a stream with bad attributes: %v", err)
	}
	if err := store.ChangeAttributes(t.Context(), func([]byte) ([]byte, error) { return nil, no }); err != no {
		t.Errorf("got %v", err)
	}
}

func TestChangesAreMadeOneAtATime(t *testing.T) {
	store := mustOpen(t, Config{FS: vfs.NewMem(), Now: newClock().Now})
	stream := mustCreate(t, store, Spec{Name: "orders", Shards: 1, Attributes: []byte("0")})
	add := func(before []byte) []byte {
		n := 0
		if len(before) > 0 {
			if err := json.Unmarshal(before, &n); err != nil {
				t.Error(err)
			}
		}
		after, _ := json.Marshal(n + 1)
		return after
	}
	var group sync.WaitGroup
	for range 20 {
		group.Go(func() {
			if err := stream.Change(t.Context(), func(s *Settings) error { s.Attributes = add(s.Attributes); return nil }); err != nil {
				t.Error(err)
			}
			if err := store.ChangeAttributes(t.Context(), func(b []byte) ([]byte, error) { return add(b), nil }); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	all, err := store.Attributes()
	if string(stream.Info().Attributes) != "20" || string(all) != "20" || err != nil {
		t.Errorf("got %s and %s, %v", stream.Info().Attributes, all, err)
	}
}

func TestDamagedAttributesAreFound(t *testing.T) {
	fsys := vfs.NewMem()
	cfg := Config{FS: fsys, Now: newClock().Now}
	store := mustOpen(t, cfg)
	if err := store.ChangeAttributes(t.Context(), func([]byte) ([]byte, error) { return []byte(`{"x":1}`), nil }); err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(store.cfg.Dir, attributesFile)
	whole, err := vfs.ReadFile(fsys, name)
	if err != nil {
		t.Fatal(err)
	}
	for i := range whole {
		damaged := bytes.Clone(whole)
		damaged[i] ^= 1
		if err := vfs.WriteFile(fsys, name, damaged); err != nil {
			t.Fatal(err)
		}
		if body, err := store.Attributes(); leat.CodeOf(err) != leat.Corrupt {
			t.Errorf("byte %d: got %s, %v", i, body, err)
		}
		if findings, err := Verify(t.Context(), fsys, store.cfg.Dir); err != nil || len(findings) != 1 || !findings[0].Damage {
			t.Errorf("byte %d: verify found %v, %v", i, findings, err)
		}
	}
}
