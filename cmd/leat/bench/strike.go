package bench

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/dustin/go-humanize"
	"github.com/jackc/pgx/v5/pgconn"
)

// An Attack is how a server bore one attack.
type Attack struct {
	Name    string `json:"name"`
	Clients int    `json:"clients"`
	// PeakBytes is the most memory that the server took meanwhile, MostBytes what
	// it may take.
	PeakBytes int64 `json:"peak_bytes"`
	MostBytes int64 `json:"most_bytes"`
	// Seconds is how long the slowest statement took.
	Seconds float64 `json:"seconds"`
	// Answers counts answers: "rows", or the SQLSTATE of a refusal.
	Answers map[string]int `json:"answers"`
	// FreshnessSeconds is how old the fed view's events were when they became
	// visible, at the 99th percentile.
	FreshnessSeconds float64 `json:"freshness_seconds"`
}

// Held reports whether the server kept what it promises: memory, time, freshness,
// and an answer by name.
func (a Attack) Held() bool {
	for answer := range a.Answers {
		switch answer {
		case "rows", "53200", "57014", "54001":
		default:
			return false
		}
	}
	return a.PeakBytes <= a.MostBytes && a.Seconds <= (attackTimeout+attackGrace).Seconds() && a.FreshnessSeconds <= freshnessGoal.Seconds()
}

func (a Attack) line() string {
	verdict := "held"
	if !a.Held() {
		verdict = "MISSED"
	}
	var answers []string
	for _, answer := range []string{"rows", "53200", "57014"} {
		if n := a.Answers[answer]; n > 0 {
			answers = append(answers, fmt.Sprintf("%d × %s", n, answer))
		}
	}
	for answer, n := range a.Answers {
		if answer != "rows" && answer != "53200" && answer != "57014" {
			answers = append(answers, fmt.Sprintf("%d × %s", n, answer))
		}
	}
	return fmt.Sprintf("%-42s %9s %7.2f s %7.2f s  %-34s %s", a.Name, humanize.IBytes(uint64(a.PeakBytes)), a.Seconds, a.FreshnessSeconds, strings.Join(answers, ", "), verdict)
}

// strike sends the attack's statement from one client and returns how it was
// answered and how long that took.
func (r *run) strike(ctx context.Context, a attack) (answer string, took time.Duration, err error) {
	conn, err := r.dialSQL(ctx)
	if err != nil {
		return "", 0, err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	if _, err := conn.Exec(ctx, fmt.Sprintf("SET statement_timeout = %d", attackTimeout.Milliseconds())); err != nil {
		return "", 0, err
	}
	began := time.Now()
	results := conn.PgConn().Exec(ctx, a.sql) // as a client's simple query
	for results.NextResult() {
		reader := results.ResultReader()
		for n := 0; reader.NextRow(); n++ {
			if !a.holds || n < 100 {
				continue
			}
			select {
			case <-time.After(holdFor):
			case <-ctx.Done():
			}
			// Reading the rest would measure the client.
			ended, cancel := context.WithCancel(ctx)
			cancel()
			conn.Close(ended)
			return "rows", max(time.Since(began)-holdFor, 0), nil
		}
	}
	err = results.Close()
	took = time.Since(began)
	var refusal *pgconn.PgError
	switch {
	case err == nil:
		return "rows", took, nil
	case errors.As(err, &refusal):
		return refusal.Code, took, nil
	}
	return "", took, err
}
