package fuzz

import (
	"bytes"
	"context"
	"fmt"
	"strconv"
)

// checkView looks for every record in a view's rows or in its quarantine, and
// at the rows' values.
func (c *campaign) checkView(ctx context.Context, name string) error {
	s, err := connect(ctx, *c.at.Load())
	if err != nil {
		return err
	}
	defer s.Close(context.WithoutCancel(ctx))
	if a := s.ask(ctx, "SET statement_timeout TO 0"); a.err != nil {
		return a.err
	}
	times := map[string]int{}
	rows, err := c.each(ctx, s, "SELECT * FROM "+name, func(names []string, cells [][]byte) {
		key := string(cells[0])
		times[key]++
		c.compareRow(name, key, names, cells)
	})
	if err != nil {
		return err
	}
	quarantined, err := c.each(ctx, s, "SELECT partition_key, reason, column_name, data FROM leat_quarantine WHERE view_name = '"+name+"'", func(_ []string, cells [][]byte) {
		key := string(cells[0])
		times[key]++
		c.mayFail(name, key, string(cells[1]))
	})
	if err != nil {
		return err
	}
	c.once("view "+name, times)
	a := s.ask(ctx, "SELECT records_read, rows_inserted, records_filtered, records_quarantined, records_lost FROM leat_view_ledger WHERE view_name = '"+name+"'")
	if a.err != nil || len(a.cells) != 5 {
		return fmt.Errorf("ledger: %d cells, %w", len(a.cells), a.err)
	}
	var n [5]int
	for i, cell := range a.cells {
		n[i], _ = strconv.Atoi(string(cell)) // what is no number does not add up
	}
	if n[0] != n[1]+n[2]+n[3] || n[1] != rows || n[3] != quarantined || n[4] != 0 {
		c.find(finding{Kind: "ledger of " + name, What: fmt.Sprintf("read %d, rows %d, filtered %d, quarantined %d, lost %d; there are %d rows and %d in quarantine", n[0], n[1], n[2], n[3], n[4], rows, quarantined), Want: "a ledger that adds up"})
	}
	return nil
}

// each reads a query's rows.
func (c *campaign) each(ctx context.Context, s *session, sql string, row func(names []string, cells [][]byte)) (n int, err error) {
	results := s.Exec(ctx, sql)
	for results.NextResult() {
		r := results.ResultReader()
		var names []string
		for _, f := range r.FieldDescriptions() {
			names = append(names, f.Name)
		}
		for r.NextRow() {
			var a answer
			for i, cell := range r.Values() {
				a.check(names[i], cell)
			}
			if a.wrong != "" {
				c.find(finding{Kind: notUTF8, Alike: notUTF8 + sql, What: a.wrong, Want: "UTF-8", Statement: sql, Record: string(c.put.of(string(r.Values()[0])))})
			}
			n++
			row(names, r.Values())
		}
	}
	return n, results.Close()
}

// mayFail looks at a record in quarantine: valid JSON belongs into those views
// that only parse it.
func (c *campaign) mayFail(view, key, reason string) {
	d := c.put.of(key)
	r := read(d)
	switch view {
	case "v_live":
	case "v_super", "v_cast":
		if !r.valid || !r.whole || r.depth >= 500 || lenient(d) {
			return
		}
	default:
		return
	}
	c.find(finding{Kind: "quarantine of " + view, Alike: view + alike(reason), What: reason, Want: "a row", Where: key, Record: string(d)})
}

// compareRow compares a row's values with what Go reads.
func (c *campaign) compareRow(view, key string, names []string, cells [][]byte) {
	if view == "v_live" {
		return
	}
	d := c.put.of(key)
	r := read(d)
	wrong := func(column, got, want string) {
		c.find(finding{Kind: view + "." + column, Alike: view + "." + column, What: got, Want: want, Where: key, Record: string(d)})
	}
	c.add(func(r *Report) { r.Compared += len(cells) - 1 })
	if !r.valid {
		if view == "v_super" && cells[1] != nil && !lenient(d) {
			wrong("payload", "a document that is no JSON is in a SUPER view", "quarantine")
		}
		return
	}
	n, hasNumber := r.number("n")
	t, hasText := r.text("t")
	for i, column := range names {
		got, null := string(cells[i]), cells[i] == nil
		switch view + "." + column {
		case "v_super.payload":
			if diff := difference(cells[i], d); !null && diff != "" {
				wrong(column, diff, "the document")
			} else if null && !bytes.Equal(bytes.TrimSpace(d), []byte("null")) {
				wrong(column, "NULL", "the document")
			}
		case "v_cast.n38":
			if hasNumber && badDecimal(got, null, n) {
				wrong(column, got, n.String()+" in 10 digits")
			}
		case "v_cast.ntext", "v_path.n":
			if hasNumber && len(n) < 400 && !sameNumber(got, n.String()) {
				wrong(column, got, n.String())
			}
		case "v_cast.t", "v_path.t":
			if hasText && got != t && len(t) <= maxText {
				wrong(column, strconv.Quote(got), strconv.Quote(t))
			}
		case "v_cast.t3", "v_text.t3":
			if hasText && got != cutText(t, 3) {
				wrong(column, strconv.Quote(got), strconv.Quote(cutText(t, 3)))
			}
		case "v_cast.c5":
			if want := string(bytes.TrimRight([]byte(cutText(t, 5)), " ")); hasText && string(bytes.TrimRight(cells[i], " ")) != want {
				wrong(column, strconv.Quote(got), strconv.Quote(want))
			}
		}
	}
}
