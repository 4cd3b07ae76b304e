package bench

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/dustin/go-humanize"

	"leat/cmd/leat/measure"
)

// soakSamples is how many samples a soak has.
const soakSamples = 240

// A soakSample is what the server takes at a moment.
type soakSample struct {
	resident, handles, goroutines int64
}

// A soakWatch samples a server for as long as a soak lasts.
type soakWatch struct {
	*run
	samples []soakSample
}

// watch samples until ending is closed.
func (w *soakWatch) watch(ctx context.Context, ending <-chan struct{}) error {
	tick := time.NewTicker(max(w.Duration/soakSamples, 250*time.Millisecond))
	defer tick.Stop()
	began := time.Now()
	for {
		select {
		case <-tick.C:
		case <-ending:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
		s, err := w.sample(ctx)
		if err != nil {
			return err
		}
		w.samples = append(w.samples, s)
		if len(w.samples)%10 == 0 {
			w.Progress(fmt.Sprintf("%s: %d events, %s, %d handles, %d goroutines",
				time.Since(began).Round(time.Second), w.put.Load(), humanize.IBytes(uint64(s.resident)), s.handles, s.goroutines))
		}
	}
}

func (w *soakWatch) sample(ctx context.Context) (soakSample, error) {
	memory, err := w.Memory()
	if err != nil {
		return soakSample{}, err
	}
	handles, err := measure.HandlesOf(w.PID())
	if err != nil {
		return soakSample{}, err
	}
	metrics, err := w.Metrics(ctx)
	return soakSample{memory.Resident, int64(handles), int64(metrics["go_goroutines"])}, err
}

// report compares the second quarter of the time, when all is warm, with the
// last.
func (w *soakWatch) report(r *Report) {
	second, last := w.quarter(1), w.quarter(3)
	r.add("resident memory, second quarter", float64(second.resident), bytesUnit)
	r.add("resident memory, last quarter", float64(last.resident), bytesUnit)
	r.atMost("growth of memory", growth(second.resident, last.resident), percent, mostMemoryGrowth)
	r.add("handles, second quarter", float64(second.handles), "handles")
	r.atMost("growth of handles", growth(second.handles, last.handles), percent, mostHandlesGrowth)
	r.atMost("growth of goroutines", growth(second.goroutines, last.goroutines), percent, mostHandlesGrowth)
}

// quarter is the median of a quarter, from 0, of the samples.
func (w *soakWatch) quarter(n int) soakSample {
	part := w.samples[len(w.samples)*n/4 : len(w.samples)*(n+1)/4]
	median := func(of func(soakSample) int64) int64 {
		var all []int64
		for _, s := range part {
			all = append(all, of(s))
		}
		if len(all) == 0 {
			return 0
		}
		slices.Sort(all)
		return all[len(all)/2]
	}
	return soakSample{
		resident:   median(func(s soakSample) int64 { return s.resident }),
		handles:    median(func(s soakSample) int64 { return s.handles }),
		goroutines: median(func(s soakSample) int64 { return s.goroutines }),
	}
}

// growth is by how many per cent last is more than first.
func growth(first, last int64) float64 {
	if first == 0 {
		return 0
	}
	return 100 * float64(last-first) / float64(first)
}
