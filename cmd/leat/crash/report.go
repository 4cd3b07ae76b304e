package crash

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/dustin/go-humanize"
)

// A Report is what a campaign has found.
type Report struct {
	Seed    uint64
	Kills   int
	Moments map[string]int // kills by moment
	Starts  []time.Duration
	// Records, Transfers, Definitions and Reshards are how many acts of each kind
	// were acknowledged.
	Records, Transfers, Definitions, Reshards int
	// Faults is what was wrong: lost, there twice, there by half.
	Faults []string
	// Kept is the server's data folder when there are faults.
	Kept string
}

func (r *Report) sum(c *campaign) {
	r.Records, r.Transfers, r.Reshards = c.records.count(), c.transfers.count(), int(c.reshards.made.Load())
	_, _, r.Definitions = c.definitions.known()
}

func (r *Report) fault(format string, args ...any) {
	r.Faults = append(r.Faults, fmt.Sprintf(format, args...))
}

// line says how far it is.
func (r *Report) line() string {
	return fmt.Sprintf("%d kills: %s records, %s transfers, %s definitions and %s reshards acknowledged; %d faults",
		r.Kills, comma(r.Records), comma(r.Transfers), comma(r.Definitions), comma(r.Reshards), len(r.Faults))
}

// String is the whole report.
func (r *Report) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "seed %d\n%s\n", r.Seed, r.line())
	for _, name := range slices.Sorted(maps.Keys(r.Moments)) {
		fmt.Fprintf(&b, "  %5d kills %s\n", r.Moments[name], name)
	}
	if len(r.Starts) > 0 {
		starts := slices.Sorted(slices.Values(r.Starts))
		fmt.Fprintf(&b, "started again within %v (median), %v (longest)\n",
			starts[len(starts)/2].Round(time.Millisecond), starts[len(starts)-1].Round(time.Millisecond))
	}
	for _, fault := range r.Faults {
		fmt.Fprintf(&b, "FAULT: %s\n", fault)
	}
	if r.Kept != "" {
		fmt.Fprintf(&b, "the server's folder is kept: %s\n", r.Kept)
	}
	return b.String()
}

func comma(n int) string { return humanize.Comma(int64(n)) }
