package server

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
)

// testConfig is a server on free ports and a folder of the test's.
func testConfig(t *testing.T, data string) Config {
	t.Helper()
	return Config{Data: data, AWSAddr: "127.0.0.1:0", SQLAddr: "127.0.0.1:0", HTTPAddr: "127.0.0.1:0", MemoryBytes: 512 << 20}
}

func TestAServerStartsAndStopsAgainAndAgain(t *testing.T) {
	data := t.TempDir()
	for i := range 5 {
		s, err := Open(testConfig(t, data))
		if err != nil {
			t.Fatalf("open %d: %v", i, err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- s.Run(ctx) }()
		if i != 1 { // once it is stopped while it starts
			page := get(t, "http://"+s.Addrs().HTTP+"/healthz")
			if !strings.Contains(page, `"status": "ok"`) {
				t.Errorf("/healthz says %q", page)
			}
			if page := get(t, "http://"+s.Addrs().HTTP+"/metrics"); !strings.Contains(page, "leat_uptime_seconds ") {
				t.Errorf("/metrics says %q", page)
			}
		}
		cancel()
		if err := <-ended; err != nil {
			t.Fatalf("run %d: %v", i, err)
		}
		if err := s.Close(); err != nil {
			t.Fatalf("close %d: %v", i, err)
		}
	}
}

func TestAServerThatNeverRanCanBeClosed(t *testing.T) {
	data := t.TempDir()
	for range 2 { // the second finds nothing locked
		s, err := Open(testConfig(t, data))
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestAFailedOpenLeavesNothingBehind(t *testing.T) {
	data := t.TempDir()
	first, err := Open(testConfig(t, data))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Open(testConfig(t, data)); err == nil || !strings.Contains(err.Error(), "in use") {
		t.Errorf("a second server on the folder: %v", err)
	}
	taken := testConfig(t, t.TempDir())
	taken.SQLAddr = first.Addrs().SQL
	if _, err := Open(taken); err == nil || !strings.Contains(err.Error(), "--sql-addr") {
		t.Errorf("a server on a taken address: %v", err)
	}
	taken.SQLAddr = "127.0.0.1:0"
	second, err := Open(taken)
	if err != nil {
		t.Fatalf("after a failed open: %v", err)
	}
	if err := second.Close(); err != nil {
		t.Error(err)
	}
	if err := first.Close(); err != nil {
		t.Error(err)
	}
}

func get(t *testing.T, url string) string {
	t.Helper()
	response, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
