package bench

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/dustin/go-humanize"

	"leat/cmd/leat/measure"
)

// A Report is what a benchmark found.
type Report struct {
	Name    string          `json:"name"`
	Machine measure.Machine `json:"machine"`
	Leat    string          `json:"leat"`
	DuckDB  string          `json:"duckdb"`
	Begun   time.Time       `json:"begun"`
	Load    string          `json:"load"`
	Figures []Figure        `json:"figures"`
	Attacks []Attack        `json:"attacks,omitempty"`
}

// A Figure is one number.
type Figure struct {
	Name  string  `json:"name"`
	Value float64 `json:"value"`
	Unit  string  `json:"unit"`
	// Goal is what the number should reach, or stay below if AtMost; 0: none.
	Goal   float64 `json:"goal,omitempty"`
	AtMost bool    `json:"at_most,omitempty"`
}

// Reached says whether the goal is reached; true if there is none.
func (f Figure) Reached() bool {
	switch {
	case f.Goal == 0:
		return true
	case f.AtMost:
		return f.Value <= f.Goal
	}
	return f.Value >= f.Goal
}

// Units.
const (
	perSecond    = "/s"
	milliseconds = "ms"
	bytesUnit    = "bytes"
	records      = "records"
	seconds      = "s"
	percent      = "%"
)

func (r *Report) add(name string, value float64, unit string) {
	r.Figures = append(r.Figures, Figure{Name: name, Value: value, Unit: unit})
}

func (r *Report) atLeast(name string, value float64, unit string, goal float64) {
	r.Figures = append(r.Figures, Figure{Name: name, Value: value, Unit: unit, Goal: goal})
}

func (r *Report) atMost(name string, value float64, unit string, goal float64) {
	r.Figures = append(r.Figures, Figure{Name: name, Value: value, Unit: unit, Goal: goal, AtMost: true})
}

// latency adds two quantiles.
func (r *Report) latency(name string, l *measure.Latencies) {
	r.add(name+" p50", inMilliseconds(l.Quantile(0.5)), milliseconds)
	r.add(name+" p99", inMilliseconds(l.Quantile(0.99)), milliseconds)
}

func inMilliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// WriteJSON writes the report as one JSON document.
func (r *Report) WriteJSON(w io.Writer) error {
	out := json.NewEncoder(w)
	out.SetIndent("", "  ")
	return out.Encode(r)
}

// WriteTable writes the report for people.
func (r *Report) WriteTable(w io.Writer) error {
	m := r.Machine
	var page strings.Builder
	fmt.Fprintf(&page, "leat bench %s, %s\n", r.Name, r.Begun.Format("2006-01-02 15:04"))
	fmt.Fprintf(&page, "  machine  %s, %d cores, %s, %s\n", m.CPU, m.Cores, humanize.IBytes(uint64(m.MemoryBytes)), m.OS)
	fmt.Fprintf(&page, "  with     leat %s, %s, DuckDB %s\n", r.Leat, m.Go, r.DuckDB)
	fmt.Fprintf(&page, "  load     %s\n\n", r.Load)
	for _, f := range r.Figures {
		fmt.Fprintf(&page, "  %-38s %14s%s\n", f.Name, f.text(f.Value), f.goal())
	}
	if len(r.Attacks) > 0 {
		fmt.Fprintf(&page, "  %-42s %9s %9s %9s  %s\n", "attack", "peak", "answered", "fresh p99", "answers")
	}
	for _, a := range r.Attacks {
		fmt.Fprintf(&page, "  %s\n", a.line())
	}
	_, err := io.WriteString(w, page.String())
	return err
}

func (f Figure) text(value float64) string {
	switch f.Unit {
	case bytesUnit:
		return humanize.IBytes(uint64(value))
	case milliseconds:
		return fmt.Sprintf("%.1f ms", value)
	case milliseconds + perSecond:
		return fmt.Sprintf("%.1f ms/s", value)
	case seconds:
		return fmt.Sprintf("%.2f s", value)
	case percent:
		return fmt.Sprintf("%.1f %%", value)
	case perSecond:
		return humanize.Comma(int64(value)) + " /s"
	}
	return humanize.Comma(int64(value))
}

func (f Figure) goal() string {
	if f.Goal == 0 {
		return ""
	}
	word, verdict := "at least", "reached"
	if f.AtMost {
		word = "at most"
	}
	if !f.Reached() {
		verdict = "MISSED"
	}
	return fmt.Sprintf("   goal: %s %s, %s", word, f.text(f.Goal), verdict)
}
