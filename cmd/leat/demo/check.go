package demo

import (
	"context"
	"fmt"

	"leat/delivery"
	"leat/server"
	"leat/warehouse"
)

// A sum is a claim that two counts are the same.
type sum struct {
	what      string
	got, want uint64
}

// check adds everything up and prints it.
func (d *demo) check(ctx context.Context, sql *sqlClient) error {
	after, err := d.server.Status()
	if err != nil {
		return err
	}
	var sums []sum
	for _, view := range views {
		sums = append(sums, d.streamSums(after, view.stream)...)
		more, err := d.viewSums(ctx, sql, after, view.stream, view.name)
		if err != nil {
			return err
		}
		sums = append(sums, more...)
	}
	for _, name := range []string{eventsLake, ordersArchive} {
		more, err := d.deliverySums(ctx, after, name)
		if err != nil {
			return err
		}
		sums = append(sums, more...)
	}
	return d.report(sums)
}

// streamSums: the stream holds what was there before and what this run's
// producers were told is acknowledged.
func (d *demo) streamSums(after server.Status, name string) []sum {
	return []sum{{
		"stream " + name + ": records = acknowledged",
		streamIn(after, name).Taken, streamIn(d.before, name).Taken + d.acknowledged(name),
	}}
}

// viewSums: the view has read the whole stream, each record is a row or in
// quarantine or was filtered, and SQL sees the rows.
func (d *demo) viewSums(ctx context.Context, sql *sqlClient, after server.Status, stream, name string) ([]sum, error) {
	view, before := viewIn(after, name), viewIn(d.before, name)
	var rows int64
	if err := sql.QueryRow(ctx, "SELECT count(*) FROM "+name).Scan(&rows); err != nil {
		return nil, err
	}
	what := "view " + name + ": "
	return []sum{
		{what + "read = records", view.Read, streamIn(after, stream).Taken},
		{what + "rows + quarantined + filtered = read", view.Rows + view.Quarantined + view.Filtered, view.Read},
		{what + "rows in SQL = rows", uint64(rows), view.Rows},
		{what + "quarantined in this run = bad records", view.Quarantined - before.Quarantined, d.bad(stream)},
	}, nil
}

// deliverySums: the delivery stream has read the whole stream, each record was
// delivered or is in quarantine or was dropped, and the bucket's objects hold
// them.
func (d *demo) deliverySums(ctx context.Context, after server.Status, name string) ([]sum, error) {
	one := deliveryIn(after, name)
	held, err := countObjects(ctx, server.Folder(d.Server.Data).Buckets(), one)
	if err != nil {
		return nil, fmt.Errorf("count what %s has put: %w", name, err)
	}
	what := "delivery stream " + name + ": "
	return []sum{
		{what + "read = records", one.Read, streamIn(after, one.SourceStream).Taken},
		{what + "delivered + quarantined + dropped = read", one.Delivered + one.Quarantined + one.Dropped, one.Read},
		{what + "records in objects = delivered", held.delivered, one.Delivered},
		{what + "records in error objects = quarantined", held.quarantined, one.Quarantined},
	}, nil
}

// report prints the sums; those that do not add up make it an error.
func (d *demo) report(sums []sum) error {
	wrong := 0
	for _, s := range sums {
		verdict := "ok"
		if s.got != s.want {
			verdict = fmt.Sprintf("WRONG: %s are not %s", count(s.got), count(s.want))
			wrong++
		}
		fmt.Fprintf(d.Out, "  %-72s %14s  %s\n", s.what, count(s.got), verdict)
	}
	if wrong > 0 {
		return fmt.Errorf("%d of %d sums do not add up", wrong, len(sums))
	}
	fmt.Fprintf(d.Out, "Everything adds up. Start again with the same --data to go on: %s\n", d.Server.Data)
	return nil
}

func (d *demo) acknowledged(stream string) uint64 {
	var n uint64
	for _, p := range d.producers {
		if p.stream == stream {
			n += p.acknowledged.Load()
		}
	}
	return n
}

func (d *demo) bad(stream string) uint64 {
	var n uint64
	for _, p := range d.producers {
		if p.stream == stream {
			n += p.bad.Load()
		}
	}
	return n
}

func streamIn(status server.Status, name string) server.StreamStatus {
	for _, stream := range status.Streams {
		if stream.Name == name {
			return stream
		}
	}
	return server.StreamStatus{}
}

func viewIn(status server.Status, name string) warehouse.ViewStatus {
	for _, view := range status.Views {
		if view.Name == name {
			return view
		}
	}
	return warehouse.ViewStatus{}
}

func deliveryIn(status server.Status, name string) delivery.Status {
	for _, one := range status.Deliveries {
		if one.Name == name {
			return one
		}
	}
	return delivery.Status{}
}
