package fuzz

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/dustin/go-humanize"

	"leat/cmd/leat/measure"
)

// watchMemory looks at what the server takes, and at what runs when it is more
// than the bound.
func (c *campaign) watchMemory(ctx context.Context) {
	const kind, what = "memory", "resident memory above the bound"
	bound := memoryBound(c.MemoryBytes)
	for ctx.Err() == nil {
		memory, err := measure.MemoryOf(int(c.pid.Load()))
		if err == nil {
			c.add(func(r *Report) { r.PeakBytes = max(r.PeakBytes, memory.Peak) })
		}
		if err == nil && memory.Peak > bound && c.isNew(kind, what, "") {
			c.mu.Lock()
			var b strings.Builder
			for _, s := range c.running {
				if s.sql != "" {
					fmt.Fprintf(&b, "-- session %d, statement %d, for %v\n%s;\n", s.number>>32, uint32(s.number), time.Since(s.began).Round(time.Millisecond), s.sql)
				}
			}
			c.mu.Unlock()
			c.find(finding{
				Kind: kind, What: what, Alike: likeness(kind, what, ""), Where: humanize.IBytes(uint64(memory.Peak)) + " while these ran, or just before",
				Want: "at most " + humanize.IBytes(uint64(bound)), Statement: b.String(), Whole: b.String(),
			})
		}
		pause(ctx, 50*time.Millisecond)
	}
}
