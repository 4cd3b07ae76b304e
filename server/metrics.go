package server

import (
	"io"
	"os"
	"runtime/metrics"
	"slices"
	"strconv"
	"strings"
	"time"

	"leat/warehouse"
)

// writeMetrics writes everything that Leat counts.
func (s *Server) writeMetrics(w io.Writer, now time.Time) error {
	status, err := s.Status()
	if err != nil {
		return err
	}
	e := newExposition(w)
	e.process(now.Sub(s.opened))
	e.streams(status.Streams)
	e.kinesis(s.metered(status.Streams), now)
	e.hotKeys(status.Streams)
	e.views(status)
	e.freshness(s.freshness.snapshot())
	e.deliveries(status)
	e.faults(s.faults)
	return e.w.Flush()
}

func (e exposition) process(up time.Duration) {
	e.family("leat_uptime_seconds", "gauge", "Time since the server was opened.")
	e.sample("leat_uptime_seconds", up.Seconds())
	if rss := residentBytes(); rss > 0 {
		e.family("process_resident_memory_bytes", "gauge", "Resident memory of the process, databases included.")
		e.sample("process_resident_memory_bytes", float64(rss))
	}
	heap := []metrics.Sample{{Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/released:bytes"}, {Name: "/sched/goroutines:goroutines"}}
	metrics.Read(heap)
	e.family("leat_go_memory_bytes", "gauge", "Memory that the Go runtime holds.")
	e.sample("leat_go_memory_bytes", float64(heap[0].Value.Uint64()-heap[1].Value.Uint64()))
	e.family("leat_panics_total", "counter", "Faults of the program that ended a statement or a refresh; the log has their stacks.")
	e.sample("leat_panics_total", float64(warehouse.Panics()))
	e.family("go_goroutines", "gauge", "Goroutines.")
	e.sample("go_goroutines", float64(heap[2].Value.Uint64()))
}

func (e exposition) streams(streams []StreamStatus) {
	e.family("leat_stream_records_total", "counter", "Records that the stream has taken.")
	for _, stream := range streams {
		e.sample("leat_stream_records_total", float64(stream.Taken), "stream", stream.Name)
	}
	e.family("leat_stream_records_kept", "gauge", "Records that the stream still holds.")
	for _, stream := range streams {
		e.sample("leat_stream_records_kept", float64(stream.Kept), "stream", stream.Name)
	}
	e.family("leat_stream_shards", "gauge", "Shards, closed ones included.")
	for _, stream := range streams {
		e.sample("leat_stream_shards", float64(len(stream.Shards)), "stream", stream.Name)
	}
}

func (e exposition) views(status Status) {
	e.family("leat_view_records_total", "counter", "Records that the view has read, by what became of them.")
	for _, view := range status.Views {
		name := view.Schema + "." + view.Name
		e.sample("leat_view_records_total", float64(view.Rows), "view", name, "outcome", "rows")
		e.sample("leat_view_records_total", float64(view.Quarantined), "view", name, "outcome", "quarantined")
		e.sample("leat_view_records_total", float64(view.Filtered), "view", name, "outcome", "filtered")
	}
	e.family("leat_view_read_total", "counter", "Records that the view has read.")
	for _, view := range status.Views {
		e.sample("leat_view_read_total", float64(view.Read), "view", view.Schema+"."+view.Name)
	}
	e.family("leat_view_pending_records", "gauge", "Records that the view has not read yet.")
	for _, view := range status.Views {
		e.sample("leat_view_pending_records", float64(view.Pending), "view", view.Schema+"."+view.Name)
	}
	e.family("leat_view_failing", "gauge", "1 while the view's last refresh failed.")
	for _, view := range status.Views {
		e.sample("leat_view_failing", oneIf(view.LastError != ""), "view", view.Schema+"."+view.Name)
	}
}

func (e exposition) freshness(views map[string]freshnessHistogram) {
	const name = "leat_view_freshness_seconds"
	e.family(name, "histogram", "Age of the newest record of a refresh when its rows became visible.")
	names := make([]string, 0, len(views))
	for view := range views {
		names = append(names, view)
	}
	slices.Sort(names)
	for _, view := range names {
		histogram, below := views[view], uint64(0)
		for i, bound := range freshnessBounds {
			below += histogram.buckets[i]
			e.sample(name+"_bucket", float64(below), "view", view, "le", strconv.FormatFloat(bound, 'g', -1, 64))
		}
		e.sample(name+"_bucket", float64(histogram.count), "view", view, "le", "+Inf")
		e.sample(name+"_sum", histogram.sum, "view", view)
		e.sample(name+"_count", float64(histogram.count), "view", view)
	}
}

func (e exposition) deliveries(status Status) {
	e.family("leat_delivery_records_total", "counter", "Records that the delivery stream has read, by what became of them.")
	for _, d := range status.Deliveries {
		e.sample("leat_delivery_records_total", float64(d.Delivered), "delivery_stream", d.Name, "outcome", "delivered")
		e.sample("leat_delivery_records_total", float64(d.Dropped), "delivery_stream", d.Name, "outcome", "dropped")
		e.sample("leat_delivery_records_total", float64(d.Quarantined), "delivery_stream", d.Name, "outcome", "quarantined")
	}
	for _, metric := range []struct {
		name, kind, help string
		value            func(i int) float64
	}{
		{"leat_delivery_read_total", "counter", "Records that the delivery stream has read.", func(i int) float64 { return float64(status.Deliveries[i].Read) }},
		{"leat_delivery_lost_total", "counter", "Records that were gone from the stream before the delivery stream read them.", func(i int) float64 { return float64(status.Deliveries[i].Lost) }},
		{"leat_delivery_pending_records", "gauge", "Records that the delivery stream has not delivered yet.", func(i int) float64 { return float64(status.Deliveries[i].Pending) }},
		{"leat_delivery_objects_total", "counter", "Objects that the delivery stream has put.", func(i int) float64 { return float64(status.Deliveries[i].Objects) }},
		{"leat_delivery_bytes_total", "counter", "Bytes of those objects.", func(i int) float64 { return float64(status.Deliveries[i].Bytes) }},
		{"leat_delivery_failing", "gauge", "1 while the delivery stream's last try failed.", func(i int) float64 { return oneIf(status.Deliveries[i].LastError != "") }},
	} {
		e.family(metric.name, metric.kind, metric.help)
		for i, d := range status.Deliveries {
			e.sample(metric.name, metric.value(i), "delivery_stream", d.Name)
		}
	}
}

func oneIf(condition bool) float64 {
	if condition {
		return 1
	}
	return 0
}

// residentBytes is the process's resident memory; 0 where it cannot be read.
func residentBytes() int64 {
	text, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return 0
	}
	fields := strings.Fields(string(text))
	if len(fields) < 2 {
		return 0
	}
	pages, err := strconv.ParseInt(fields[1], 10, 64)
	if err != nil {
		return 0
	}
	return pages * int64(os.Getpagesize())
}
