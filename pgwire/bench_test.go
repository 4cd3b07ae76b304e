package pgwire

import (
	"testing"

	"github.com/jackc/pgx/v5/pgconn"
)

// BenchmarkRows sends a million rows of an integer and a short text through a
// loopback connection and reports rows a second.
func BenchmarkRows(b *testing.B) {
	const n = 1_000_000
	e := newMemEngine()
	addr := serveEngine(b, e)
	for name, format := range map[string]int16{"text": 0, "binary": 1} {
		b.Run(name, func(b *testing.B) {
			conn, err := pgconn.Connect(b.Context(), "postgres://admin@"+addr+"/dev?sslmode=disable")
			if err != nil {
				b.Fatal(err)
			}
			defer conn.Close(b.Context())
			b.ReportAllocs()
			for b.Loop() {
				r := conn.ExecParams(b.Context(), "rows 1000000", nil, nil, nil, []int16{format})
				got := 0
				for r.NextRow() {
					got++
				}
				if _, err := r.Close(); err != nil || got != n {
					b.Fatal(got, err)
				}
			}
			b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
		})
	}
}
