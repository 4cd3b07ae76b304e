package crash

import (
	"context"
	"fmt"
	"path/filepath"
	"time"

	"github.com/jackc/pgx/v5"

	"leat/server"
)

// stallTimeout is how long views and delivery streams may make no progress while
// they catch up.
const stallTimeout = 90 * time.Second

// check looks whether everything is there, with no load.
func (c *campaign) check(ctx context.Context) error {
	conn, err := pgx.Connect(ctx, c.at.Load().sql)
	if err != nil {
		return fmt.Errorf("connect to check: %w", err)
	}
	defer conn.Close(context.WithoutCancel(ctx))
	inStream, err := c.checkStream(ctx)
	if err != nil {
		return err
	}
	good := 0
	for id := range inStream {
		if !isBad(id) {
			good++
		}
	}
	if err := c.awaitReaders(ctx, len(inStream)); err != nil {
		return err
	}
	if err := c.checkViews(ctx, conn, inStream, good); err != nil {
		return err
	}
	if err := c.checkBuckets(ctx, inStream, good); err != nil {
		return err
	}
	if err := c.checkTransfers(ctx, conn); err != nil {
		return err
	}
	return c.checkTables(ctx, conn)
}

// checkStream looks for every acknowledged record in the stream, and for no
// record twice. It returns what is there.
func (c *campaign) checkStream(ctx context.Context) (map[int]bool, error) {
	ids, err := c.streamIDs(ctx)
	if err != nil {
		return nil, err
	}
	there := make(map[int]bool, len(ids))
	for _, id := range ids {
		if there[id] {
			c.report.fault("stream: record %d is there twice", id)
		}
		there[id] = true
	}
	c.records.mu.Lock()
	defer c.records.mu.Unlock()
	for id, o := range c.records.sent {
		switch {
		case o == acknowledged && !there[id]:
			c.report.fault("stream: record %d was acknowledged and is not there", id)
		case o == refused && there[id]:
			c.report.fault("stream: record %d was refused and is there", id)
		}
	}
	return there, nil
}

// awaitReaders waits until every view and delivery stream has read everything.
func (c *campaign) awaitReaders(ctx context.Context, records int) error {
	last, progress := map[string]float64{}, time.Now()
	for {
		values, err := c.server.Metrics(ctx)
		if err != nil {
			return err
		}
		read := readBy(values)
		behind := ""
		for reader, n := range read {
			if n != last[reader] {
				progress = time.Now()
			}
			if n > float64(records) {
				c.report.fault("%s has counted %.0f records of %d", reader, n, records)
			}
			if n < float64(records) {
				behind = fmt.Sprintf("%s has read %.0f of %d records", reader, n, records)
			}
		}
		if behind == "" {
			return nil
		}
		if last = read; time.Since(progress) > stallTimeout {
			return fmt.Errorf("%s, and no more for %v; the server's folder is %s", behind, stallTimeout, c.server.Data())
		}
		if pause(ctx, 100*time.Millisecond); ctx.Err() != nil {
			return ctx.Err()
		}
	}
}

// checkViews looks for every good record of the stream, once, in each view.
func (c *campaign) checkViews(ctx context.Context, conn *pgx.Conn, inStream map[int]bool, good int) error {
	if err := c.checkView(ctx, conn, "live", inStream, good); err != nil {
		return err
	}
	_, views, _ := c.definitions.known()
	for name, o := range views {
		there, err := exists(ctx, conn, name)
		if err != nil {
			return err
		}
		c.checkThere(name, o, there)
		if there {
			if err := c.checkView(ctx, conn, name, inStream, good); err != nil {
				return err
			}
		}
	}
	return nil
}

func (c *campaign) checkView(ctx context.Context, conn *pgx.Conn, name string, inStream map[int]bool, good int) error {
	rows, err := conn.Query(ctx, "SELECT id FROM "+name)
	if err != nil {
		return err
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[int])
	if err != nil {
		return err
	}
	c.checkOnce("view "+name, ids, inStream, good)
	return nil
}

// checkBuckets looks for every record, once, in the objects.
func (c *campaign) checkBuckets(ctx context.Context, inStream map[int]bool, good int) error {
	folder := filepath.Join(server.Folder(c.server.Data()).Buckets(), bucket)
	archived, err := c.seen.ids(ctx, filepath.Join(folder, "archive"))
	if err != nil {
		return err
	}
	if len(archived) != len(inStream) {
		c.report.fault("archive: %d records in the objects, %d in the stream", len(archived), len(inStream))
	}
	lake, err := c.seen.ids(ctx, filepath.Join(folder, "lake"))
	if err != nil {
		return err
	}
	c.checkOnce("lake", lake, inStream, good)
	return nil
}

// checkOnce checks that a place holds each good record of the stream once, and
// nothing else.
func (c *campaign) checkOnce(where string, ids []int, inStream map[int]bool, good int) {
	there := make(map[int]bool, len(ids))
	twice, strangers := 0, 0
	for _, id := range ids {
		if there[id] {
			twice++
		}
		if !inStream[id] || isBad(id) {
			strangers++
		}
		there[id] = true
	}
	if twice > 0 || strangers > 0 || len(there) != good {
		c.report.fault("%s: of %d records %d are missing, %d are there more than once, %d do not belong there",
			where, good, good-len(there)+strangers, twice, strangers)
	}
}

func (c *campaign) checkThere(name string, o outcome, there bool) {
	switch {
	case o == acknowledged && !there:
		c.report.fault("%s was made, as the server acknowledged, and is not there", name)
	case o == refused && there:
		c.report.fault("%s was dropped or never made, as the server said, and is there", name)
	}
}
