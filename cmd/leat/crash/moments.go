package crash

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// A moment is when to kill: await returns when it has come, or with ctx.
type moment struct {
	name string
	// starting says that the moment lies before the server answers.
	starting bool
	await    func(ctx context.Context, c *campaign)
}

// patience is how long a moment is waited for; then the kill comes anyway.
const patience = 3 * time.Second

// moments are tried in turn, in random order.
var moments = []moment{
	{"at random", false, func(ctx context.Context, c *campaign) { pause(ctx, c.upTo(700*time.Millisecond)) }},
	{"while it starts", true, func(ctx context.Context, c *campaign) { pause(ctx, c.upTo(300*time.Millisecond)) }},
	{"after a put was acknowledged", false, func(ctx context.Context, c *campaign) { c.hear(ctx, &c.acks, 0) }},
	{"while a commit is under way", false, func(ctx context.Context, c *campaign) { c.hear(ctx, &c.commits, 4*time.Millisecond) }},
	{"while an object is written", false, func(ctx context.Context, c *campaign) { c.see(ctx, "buckets", anyChange) }},
	{"while a plan is saved", false, func(ctx context.Context, c *campaign) { c.see(ctx, "delivery", anyChange) }},
	{"while the warehouse is written", false, func(ctx context.Context, c *campaign) { c.see(ctx, "warehouse", anyChange) }},
	{"at a checkpoint", false, func(ctx context.Context, c *campaign) { c.see(ctx, "warehouse", walShrinks) }},
	{"while the log is written", false, func(ctx context.Context, c *campaign) { c.see(ctx, "streams", anyChange) }},
}

// upTo is a random time.
func (c *campaign) upTo(most time.Duration) time.Duration {
	return time.Duration(c.random.Int64N(int64(most)))
}

// hear waits for a bell and then for a random while.
func (c *campaign) hear(ctx context.Context, b *bell, most time.Duration) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	pause(ctx, c.upTo(300*time.Millisecond))
	select {
	case <-b.next():
		if most > 0 {
			pause(ctx, c.upTo(most))
		}
	case <-ctx.Done():
	}
}

// see waits until something changes in a folder of the data folder.
func (c *campaign) see(ctx context.Context, folder string, changed func(before, after map[string]int64) bool) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	pause(ctx, c.upTo(300*time.Millisecond))
	root := filepath.Join(c.server.Data(), folder)
	before := sizes(root)
	for ctx.Err() == nil {
		after := sizes(root)
		if changed(before, after) {
			pause(ctx, c.upTo(2*time.Millisecond))
			return
		}
		before = after
		pause(ctx, time.Millisecond)
	}
}

func anyChange(before, after map[string]int64) bool {
	for path, size := range after {
		if old, there := before[path]; !there || old != size {
			return true
		}
	}
	return len(before) != len(after)
}

func walShrinks(before, after map[string]int64) bool {
	for path, size := range before {
		if strings.HasSuffix(path, ".wal") && after[path] < size {
			return true
		}
	}
	return false
}

// sizes are those of the newest files in a folder: what lies deeper than two
// folders is left out, lest looking takes longer than what is looked for.
func sizes(root string) map[string]int64 {
	found := map[string]int64{}
	filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil: // it has just gone
			return nil
		case entry.IsDir():
			if strings.Count(strings.TrimPrefix(path, root), string(os.PathSeparator)) > 3 {
				return fs.SkipDir
			}
			return nil
		}
		if info, err := entry.Info(); err == nil {
			found[path] = info.Size()
		}
		return nil
	})
	return found
}
