package fuzz

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// check looks for every record in every view and bucket, and at the values.
func (c *campaign) check(ctx context.Context) error {
	if err := c.awaitReaders(ctx); err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(views)) {
		if err := c.checkView(ctx, name); err != nil {
			return fmt.Errorf("view %s: %w", name, err)
		}
	}
	for _, name := range []string{"lake", "queried"} {
		if err := c.checkLake(ctx, name); err != nil {
			return fmt.Errorf("delivery stream %s: %w", name, err)
		}
	}
	return c.checkArchive()
}

// awaitReaders waits until every view and delivery stream has read everything
// that was acknowledged.
func (c *campaign) awaitReaders(ctx context.Context) error {
	last, progress := "", time.Now()
	for {
		values, err := c.server.Metrics(ctx)
		if err != nil {
			return err
		}
		state, behind := "", []string{}
		for _, name := range slices.Sorted(maps.Keys(values)) {
			if strings.Contains(name, "_pending_records{") {
				state += fmt.Sprintf("%s %v\n", name, values[name])
				if values[name] > 0 {
					behind = append(behind, fmt.Sprintf("%s is %v", name, values[name]))
				}
			}
			if strings.Contains(name, "_failing{") && values[name] > 0 {
				behind = append(behind, name)
			}
			if strings.Contains(name, "_lost_total{") && values[name] > 0 {
				c.find(finding{Kind: "lost", What: fmt.Sprintf("%s is %v", name, values[name]), Want: "0"})
			}
		}
		if len(behind) == 0 {
			return nil
		}
		if state != last {
			last, progress = state, time.Now()
		}
		if time.Since(progress) > stallTimeout {
			return fmt.Errorf("no progress for %v with nothing else to do: %s", stallTimeout, strings.Join(behind, ", "))
		}
		if pause(ctx, 100*time.Millisecond); ctx.Err() != nil {
			return ctx.Err()
		}
	}
}

// once looks whether each key that was acknowledged is there once, and no other.
func (c *campaign) once(where string, times map[string]int) {
	c.put.mu.Lock()
	defer c.put.mu.Unlock()
	missing, twice := []string{}, []string{}
	for key := range c.put.sent {
		if times[key] == 0 {
			missing = append(missing, key)
		}
	}
	for key, n := range times {
		if n > 1 {
			twice = append(twice, key)
		}
		if !c.put.sent[key] && !c.put.unsure[key] {
			c.find(finding{Kind: where, What: "a record that was not put: " + key, Want: "none"})
		}
	}
	slices.Sort(missing)
	slices.Sort(twice)
	if len(missing) > 0 {
		c.find(finding{Kind: where, What: fmt.Sprintf("%d of %d records are missing, such as %v", len(missing), len(c.put.sent), missing[:min(5, len(missing))]), Want: "each once", Record: string(c.put.of(missing[0]))})
	}
	if len(twice) > 0 {
		c.find(finding{Kind: where, What: fmt.Sprintf("%d records are there more than once, such as %v", len(twice), twice[:min(5, len(twice))]), Want: "each once", Record: string(c.put.of(twice[0]))})
	}
}
