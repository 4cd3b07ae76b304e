package demo

import (
	"context"
	"fmt"
	"net"
	"os"
	"strings"
	"time"

	"github.com/dustin/go-humanize"

	"leat/cmd/leat/measure"
	"leat/server"
)

// greet says what is going on and how to take part.
func (d *demo) greet() {
	addrs := d.server.Addrs()
	host, port, _ := net.SplitHostPort(addrs.SQL)
	psql := fmt.Sprintf("psql -h %s -p %s -U %s %s", host, port, d.sqlUser(), server.Database)
	keys := "AWS_ACCESS_KEY_ID=any AWS_SECRET_ACCESS_KEY=any"
	if d.Server.AccessKeyID != "" {
		keys = "AWS_ACCESS_KEY_ID=" + d.Server.AccessKeyID + " AWS_SECRET_ACCESS_KEY=…"
	}
	fmt.Fprintf(d.Out, `Three streams are filled through the Kinesis API, read by streaming views and
delivered into a bucket, all of it in %s.

Meanwhile, in another terminal:
  %s -c "SELECT split_part(event_name, ':', 1) AS type, count(*) FROM %s GROUP BY 1 ORDER BY 2 DESC"
  %s -c "SELECT delivery_state, count(*), sum(revenue) FROM %s GROUP BY 1"
  export AWS_ENDPOINT_URL=http://%s AWS_DEFAULT_REGION=us-east-1 %s
  aws kinesis describe-stream-summary --stream-name %s
  find %s -name '*.parquet'

`, d.Server.Data, psql, eventsView, psql, ordersView, addrs.AWS, keys, eventsStream, server.Folder(d.Server.Data).Buckets())
}

// summarize reports until ctx ends: every second, in place if there is a
// terminal.
func (d *demo) summarize(ctx context.Context) error {
	every := 2 * time.Second
	if d.Live {
		every = time.Second
	}
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	lines := 0
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
		status, err := d.server.Status()
		if err != nil {
			return err
		}
		if !d.Live {
			fmt.Fprintln(d.Out, d.line(status))
			continue
		}
		page := d.page(status)
		if lines > 0 {
			fmt.Fprintf(d.Out, "\x1b[%dA\x1b[J", lines)
		}
		fmt.Fprint(d.Out, page)
		lines = strings.Count(page, "\n")
	}
}

// line is the summary in one line.
func (d *demo) line(status server.Status) string {
	var in, rows, quarantined, objects, bytes uint64
	for _, p := range d.producers {
		in += p.acknowledged.Load()
	}
	for _, view := range status.Views {
		rows += view.Rows
		quarantined += view.Quarantined
	}
	for _, one := range status.Deliveries {
		objects += one.Objects
		bytes += one.Bytes
	}
	p50, p99 := d.freshness.quantiles()
	return fmt.Sprintf("%4.0fs  in %s  rows visible %s  quarantined %s  freshness p50 %s p99 %s  lake %s objects, %s",
		time.Since(d.began).Seconds(), count(in), count(rows), count(quarantined),
		short(p50), short(p99), count(objects), humanize.IBytes(bytes))
}

// page is the summary for a terminal.
func (d *demo) page(status server.Status) string {
	var page strings.Builder
	seconds := time.Since(d.began).Seconds()
	fmt.Fprintf(&page, "  %-16s %14s %10s    %-16s %14s %12s %10s\n", "stream", "records", "in, /s", "view", "rows", "quarantined", "behind")
	for _, view := range views {
		acknowledged := uint64(0)
		for _, p := range d.producers {
			if p.stream == view.stream {
				acknowledged += p.acknowledged.Load()
			}
		}
		stream, shown := streamIn(status, view.stream), viewIn(status, view.name)
		fmt.Fprintf(&page, "  %-16s %14s %10s    %-16s %14s %12s %10s\n", view.stream, count(stream.Taken), count(uint64(float64(acknowledged)/seconds)),
			view.name, count(shown.Rows), count(shown.Quarantined), count(shown.Pending))
	}
	fmt.Fprintf(&page, "\n  %-16s %14s %10s    %-16s %14s %12s %10s\n", "delivery stream", "objects", "bytes", "", "delivered", "quarantined", "behind")
	for _, one := range status.Deliveries {
		fmt.Fprintf(&page, "  %-16s %14s %10s    %-16s %14s %12s %10s\n", one.Name, count(one.Objects), humanize.IBytes(one.Bytes),
			one.Format+" "+one.Compression, count(one.Delivered), count(one.Quarantined), count(one.Pending))
	}
	p50, p99 := d.freshness.quantiles()
	fmt.Fprintf(&page, "\n  %s: half of the events are visible to SQL within %s, 99%% within %s", time.Since(d.began).Round(time.Second), short(p50), short(p99))
	if memory, err := measure.MemoryOf(os.Getpid()); err == nil {
		fmt.Fprintf(&page, "; memory %s", humanize.IBytes(uint64(memory.Resident)))
	}
	for _, problem := range problems(status) {
		fmt.Fprintf(&page, "\n  %s", problem)
	}
	page.WriteString("\n  Ctrl-C stops.\n")
	return page.String()
}

// problems are what views and delivery streams complain about.
func problems(status server.Status) []string {
	var found []string
	for _, view := range status.Views {
		if view.LastError != "" {
			found = append(found, fmt.Sprintf("view %s: %s", view.Name, view.LastError))
		}
	}
	for _, one := range status.Deliveries {
		if one.LastError != "" {
			found = append(found, fmt.Sprintf("delivery stream %s: %s", one.Name, one.LastError))
		}
	}
	return found
}

func count(n uint64) string { return humanize.Comma(int64(n)) }

// short is a duration in milliseconds, or a dash if there is none.
func short(d time.Duration) string {
	if d == 0 {
		return "–"
	}
	return fmt.Sprintf("%d ms", d.Milliseconds())
}
