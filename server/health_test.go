package server

import (
	"context"
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"leat/shardlog"
)

func healthOf(t *testing.T, s *Server) (code int, h Health) {
	t.Helper()
	response, err := http.Get("http://" + s.Addrs().HTTP + "/healthz")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if err := json.NewDecoder(response.Body).Decode(&h); err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, h
}

func TestHealthNamesTheViewThatFails(t *testing.T) {
	s := running(t, testConfig(t, t.TempDir()))
	if code, h := healthOf(t, s); code != http.StatusOK || h.Status != healthOK || len(h.Parts) != 5 {
		t.Fatalf("a new server: %d %+v", code, h)
	}
	if _, err := s.streams.Create(t.Context(), shardlog.Spec{Name: "gone", Shards: 1}); err != nil {
		t.Fatal(err)
	}
	conn, err := pgx.Connect(t.Context(), "postgres://admin@"+s.Addrs().SQL+"/dev?sslmode=disable")
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	for _, sql := range []string{
		"CREATE EXTERNAL SCHEMA k FROM KINESIS IAM_ROLE default",
		"CREATE MATERIALIZED VIEW failing AUTO REFRESH YES AS SELECT partition_key FROM k.gone",
	} {
		if _, err := conn.Exec(t.Context(), sql); err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
	}
	if err := s.streams.Delete(t.Context(), "gone"); err != nil {
		t.Fatal(err)
	}
	deadline := time.Now().Add(20 * time.Second)
	for {
		code, h := healthOf(t, s)
		if code == http.StatusOK && h.Status == healthDegraded && len(h.Parts["views"].Reasons) == 1 {
			if diff := cmp.Diff(Part{Status: healthOK}, h.Parts["warehouse"]); diff != "" {
				t.Errorf("the warehouse:\n%s", diff)
			}
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%d %+v", code, h)
		}
		time.Sleep(20 * time.Millisecond)
	}
}
