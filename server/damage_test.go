package server

import (
	"context"
	"encoding/json"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
)

// A part that is damaged keeps no other from working, and says so.
func TestADamagedPartKeepsNoOtherFromWorking(t *testing.T) {
	for _, test := range []struct {
		name, pattern string
		at            func(size int) int
		part          string
		sql, firehose bool
	}{
		{"the warehouse's header", "warehouse/warehouse.duckdb", func(int) int { return 40 }, "warehouse", false, true},
		{"the warehouse's log", "warehouse/warehouse.duckdb.wal", middle, "warehouse", false, true},
		{"the delivery streams' store", "delivery/delivery.db", func(int) int { return 3 }, "delivery_streams", true, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			folder := oldFolder(t)
			if test.part == "delivery_streams" {
				settle(t, folder) // what its log holds would mend the file
			}
			flip(t, filepath.Join(string(folder), test.pattern), test.at)
			s, err := Open(testConfig(t, string(folder)))
			if err != nil {
				t.Fatalf("the server does not start: %v", err)
			}
			ctx, stop := context.WithCancel(t.Context())
			ended := make(chan error, 1)
			go func() { ended <- s.Run(ctx) }()
			callKinesis(t, s, "PutRecord", `{"StreamName":"events","PartitionKey":"1","Data":"e30="}`)

			response, err := http.Get("http://" + s.Addrs().HTTP + "/healthz")
			if err != nil {
				t.Fatal(err)
			}
			var health Health
			if err := json.NewDecoder(response.Body).Decode(&health); err != nil {
				t.Fatal(err)
			}
			response.Body.Close()
			if p := health.Parts[test.part]; response.StatusCode != http.StatusServiceUnavailable || p.Status != healthDown || len(p.Reasons) == 0 {
				t.Errorf("/healthz is answered %s: %+v", response.Status, health)
			}
			conn, err := pgx.Connect(ctx, "postgres://admin@"+s.Addrs().SQL+"/dev?sslmode=disable")
			if err == nil {
				_, err = conn.Exec(ctx, "SELECT 1")
				conn.Close(ctx)
			}
			if works := err == nil; works != test.sql || !works && !strings.Contains(err.Error(), "57P03") {
				t.Errorf("SQL: %v", err)
			}
			if works := s.deliveries.Failure() == nil; works != test.firehose {
				t.Errorf("delivery streams: %v", s.deliveries.Failure())
			}
			stop()
			if err := <-ended; err != nil {
				t.Error(err)
			}
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		})
	}
}

// settle opens and closes a folder, so that logs go into their files.
func settle(t *testing.T, folder Folder) {
	t.Helper()
	s, err := Open(testConfig(t, string(folder)))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}
