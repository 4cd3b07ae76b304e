package fuzz

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/dustin/go-humanize"
)

// A finding is something that must not be.
type finding struct {
	Kind, What string
	Want       string // what was expected
	// Statement or Record is what did it, as short as it could be made; Whole is
	// what it was before.
	Statement, Record, Whole string
	// Where says how to make it again by the seed: session and number, or record.
	Where string
	// Alike is what findings have in common of which one is enough.
	Alike string
}

// shown bounds how much of a statement or record a report shows.
const shown = 1500

func (f finding) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %.1500s", f.Kind, f.What)
	for _, part := range []struct{ name, text string }{{"expected", f.Want}, {"where", f.Where}, {"statement", f.Statement}, {"record", f.Record}} {
		if part.text != "" {
			fmt.Fprintf(&b, "\n  %s: %s", part.name, cut(part.text))
		}
	}
	return b.String()
}

func cut(text string) string {
	if len(text) <= shown {
		return text
	}
	return fmt.Sprintf("%s … (%d bytes)", strings.ToValidUTF8(text[:shown], ""), len(text))
}

// A Report is what a campaign has found.
type Report struct {
	Seed     uint64
	Findings []finding
	// Records are those acknowledged; Statements all that were answered, Refused
	// those with an error, LateOnce those that were late and were in time when they
	// were sent again.
	Records, Statements, Refused, LateOnce, Cancels, Disconnects, Compared int
	Slowest                                                                time.Duration
	// PeakBytes is the most that the server has taken; BoundBytes what it may.
	PeakBytes, BoundBytes int64
	// Fresh and Stalest are how old records were when a view showed them: the
	// median, and the worst.
	Fresh, Stalest time.Duration
	// Kept is the server's data folder when there are findings.
	Kept string
}

func (r *Report) sum(c *campaign) {
	c.mu.Lock()
	defer c.mu.Unlock()
	r.Records = c.put.count()
	r.Fresh, r.Stalest = c.probe.ages()
	r.BoundBytes = memoryBound(c.MemoryBytes)
}

// line says how far it is.
func (r *Report) line() string {
	return fmt.Sprintf("%s records, %s statements (%s refused, %d late once, %d cancels, %d disconnects; slowest %v), %s values compared; views %v behind, %v at worst; memory %s of %s; %d findings",
		comma(r.Records), comma(r.Statements), comma(r.Refused), r.LateOnce, r.Cancels, r.Disconnects, r.Slowest.Round(time.Millisecond), comma(r.Compared),
		r.Fresh.Round(time.Millisecond), r.Stalest.Round(time.Millisecond), humanize.IBytes(uint64(r.PeakBytes)), humanize.IBytes(uint64(r.BoundBytes)), len(r.Findings))
}

// String is the whole report.
func (r *Report) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "seed %d\n%s\n", r.Seed, r.line())
	for i, f := range r.Findings {
		fmt.Fprintf(&b, "FINDING %d: %s\n", i+1, f)
	}
	if r.Kept != "" {
		fmt.Fprintf(&b, "the server's folder, and the findings whole, are kept: %s\n", filepath.Dir(r.Kept))
	}
	return b.String()
}

// keep writes the findings whole beside the server's folder.
func (r *Report) keep() {
	for i, f := range r.Findings {
		name := filepath.Join(filepath.Dir(r.Kept), fmt.Sprintf("finding-%02d", i+1))
		for suffix, text := range map[string]string{".txt": f.String() + "\n", ".sql": f.Statement, ".whole": f.Whole, ".record": f.Record} {
			if text != "" {
				os.WriteFile(name+suffix, []byte(text), 0o600) // the report shows the same, cut
			}
		}
	}
}

func comma(n int) string { return humanize.Comma(int64(n)) }
