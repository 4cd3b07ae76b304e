package e2e

import (
	"path/filepath"
	"testing"

	"leat/simulate"
)

// TestStoppedUnderLoadNothingIsLost asks the server to stop while producers put
// records: it ends by itself, well, and what it acknowledged is there afterwards.
func TestStoppedUnderLoadNothingIsLost(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	p := serve(t, data)
	p.createStream(t, "events", 4)
	events, err := simulate.NewEvents(simulate.EventsConfig{Seed: 4})
	if err != nil {
		t.Fatal(err)
	}
	producers := startProducers(t, events, p, userOf(events))
	for range 5 {
		before := producers.count()
		if err := poll(func() (bool, error) { return producers.count() > before, nil }); err != nil {
			t.Fatal(err)
		}
		if code := p.stop(t); code != 0 {
			t.Fatalf("leat serve ended with %d", code)
		}
		p = serve(t, data)
		producers.server.Store(p)
	}
	producers.stop()
	if code := p.stop(t); code != 0 {
		t.Fatalf("leat serve ended with %d", code)
	}
	p = serve(t, data)
	there := map[string]bool{}
	for _, document := range p.readStream(t, "events") {
		uuid := uuidOf(document)
		if there[uuid] {
			t.Errorf("record %s is there twice", uuid)
		}
		there[uuid] = true
	}
	for uuid, r := range producers.sent {
		if r.acknowledged && !there[uuid] {
			t.Errorf("acknowledged record %s is not there", uuid)
		}
	}
}
