package fuzz

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
)

// A probe looks how long a record needs to be seen in a simple view.
type probe struct {
	mu   sync.Mutex // guards seen
	seen []time.Duration
}

// work puts a record and waits for it, again and again.
func (p *probe) work(ctx context.Context, c *campaign) {
	var s *session
	defer func() {
		if s != nil {
			s.Close(context.WithoutCancel(ctx))
		}
	}()
	for n := 0; ctx.Err() == nil; n++ {
		key := fmt.Sprintf("probe-%d", n)
		if c.at.Load() == nil || c.put.one(ctx, key, []byte(`{"probe":`+fmt.Sprint(n)+`}`)) != nil {
			pause(ctx, 100*time.Millisecond)
			continue
		}
		began, told := time.Now(), false
		trouble := ""
		for ctx.Err() == nil && c.at.Load() != nil {
			if s == nil || s.IsClosed() {
				if s, _ = connect(ctx, *c.at.Load()); s == nil {
					pause(ctx, 20*time.Millisecond)
					continue
				}
			}
			a := s.ask(ctx, "SELECT partition_key FROM v_live WHERE partition_key = '"+key+"'")
			if a.err != nil {
				trouble = said(a.err)
			}
			if a.rows > 1 {
				c.find(finding{Kind: "view", What: "a record is there twice: " + key, Want: "once"})
			}
			if a.rows > 0 {
				break
			}
			if age := time.Since(began); age > freshWithin && !told {
				told = true
				c.find(finding{Kind: "freshness", What: fmt.Sprintf("a record is not in a simple view after %v; %s", age.Round(time.Second), trouble), Want: fmt.Sprintf("within %v", freshWithin), Statement: c.nowRunning()})
			}
			pause(ctx, 30*time.Millisecond)
		}
		if ctx.Err() == nil && c.at.Load() != nil {
			p.mu.Lock()
			p.seen = append(p.seen, time.Since(began))
			p.mu.Unlock()
		}
		pause(ctx, 200*time.Millisecond)
	}
}

// ages are the median and the worst.
func (p *probe) ages() (middle, worst time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.seen) == 0 {
		return 0, 0
	}
	sorted := slices.Sorted(slices.Values(p.seen))
	return sorted[len(sorted)/2], sorted[len(sorted)-1]
}

// nowRunning are the statements under way.
func (c *campaign) nowRunning() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	var b strings.Builder
	for _, s := range c.running {
		if s.sql != "" {
			fmt.Fprintf(&b, "-- for %v\n%.500s;\n", time.Since(s.began).Round(time.Millisecond), s.sql)
		}
	}
	return b.String()
}
