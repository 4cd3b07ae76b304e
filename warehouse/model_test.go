package warehouse

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// A modelDB is what a database is to the random test of sessions: tables with
// whole numbers, and views of their first column. Tables, columns and rows have
// numbers, by which changes of two sessions are put together.
type modelDB struct {
	tables map[int]*modelTable // by number
	views  map[string]int      // by name: the table it is made from
}

type modelTable struct {
	name    string
	columns []modelColumn       // the first is id
	rows    map[int]map[int]int // by row and column
}

type modelColumn struct {
	number int
	name   string
	fill   int // of rows that have no value
}

func newModelDB() *modelDB { return &modelDB{tables: map[int]*modelTable{}, views: map[string]int{}} }

func (db *modelDB) clone() *modelDB {
	out := &modelDB{tables: map[int]*modelTable{}, views: maps.Clone(db.views)}
	for number, t := range db.tables {
		copied := &modelTable{name: t.name, columns: slices.Clone(t.columns), rows: map[int]map[int]int{}}
		for row, values := range t.rows {
			copied.rows[row] = maps.Clone(values)
		}
		out.tables[number] = copied
	}
	return out
}

// find returns a table by name, 0 when there is none.
func (db *modelDB) find(name string) (int, *modelTable) {
	for number, t := range db.tables {
		if t.name == name {
			return number, t
		}
	}
	return 0, nil
}

func (db *modelDB) hasViews(table int) bool {
	for _, of := range db.views {
		if of == table {
			return true
		}
	}
	return false
}

func (t *modelTable) column(name string) int {
	return slices.IndexFunc(t.columns, func(c modelColumn) bool { return c.name == name })
}

// content is what SELECT * FROM t ORDER BY id gives.
func (t *modelTable) content() string {
	var out strings.Builder
	for _, row := range slices.Sorted(maps.Keys(t.rows)) {
		for i, c := range t.columns {
			value, ok := t.rows[row][c.number]
			if !ok {
				value = c.fill
			}
			if i > 0 {
				out.WriteString(" ")
			}
			fmt.Fprint(&out, value)
		}
		out.WriteString("\n")
	}
	return out.String()
}

// A modelStep is one statement: what it does to a database, or the SQLSTATE
// that it fails with; and what it shows.
type modelStep struct {
	sql   string
	apply func(db *modelDB) (shown, state string)
}

// A modelWorld is what the sessions of a test share.
type modelWorld struct {
	committed *modelDB
	next      int // number of the next table, column or row
}

func (w *modelWorld) number() int { w.next++; return w.next }

// onTable makes a step of a table that must be there, and no view.
func onTable(sql, name string, f func(db *modelDB, number int, t *modelTable) (shown, state string)) modelStep {
	return modelStep{sql, func(db *modelDB) (string, string) {
		number, t := db.find(name)
		if t == nil {
			return "", "42P01"
		}
		return f(db, number, t)
	}}
}

func (w *modelWorld) create(name string) modelStep {
	number, id := w.number(), w.number()
	return modelStep{"CREATE TABLE " + name + " (id INTEGER)", func(db *modelDB) (string, string) {
		if _, t := db.find(name); t != nil {
			return "", "42P07"
		}
		db.tables[number] = &modelTable{name: name, columns: []modelColumn{{id, "id", 0}}, rows: map[int]map[int]int{}}
		return "", ""
	}}
}

func (w *modelWorld) drop(name string, cascade bool) modelStep {
	sql := "DROP TABLE " + name
	if cascade {
		sql += " CASCADE"
	}
	return onTable(sql, name, func(db *modelDB, number int, _ *modelTable) (string, string) {
		if db.hasViews(number) && !cascade {
			return "", "2BP01"
		}
		maps.DeleteFunc(db.views, func(_ string, of int) bool { return of == number })
		delete(db.tables, number)
		return "", ""
	})
}

func (w *modelWorld) rename(name, to string) modelStep {
	return onTable("ALTER TABLE "+name+" RENAME TO "+to, name, func(db *modelDB, number int, t *modelTable) (string, string) {
		_, taken := db.find(to)
		switch {
		case db.hasViews(number):
			return "", "2BP01"
		case taken != nil:
			return "", "42P07"
		}
		t.name = to
		return "", ""
	})
}

func (w *modelWorld) addColumn(name, column string, fill int) modelStep {
	number := w.number()
	sql := fmt.Sprintf("ALTER TABLE %s ADD COLUMN %s INTEGER DEFAULT %d", name, column, fill)
	return onTable(sql, name, func(_ *modelDB, _ int, t *modelTable) (string, string) {
		if t.column(column) >= 0 {
			return "", "42701"
		}
		t.columns = append(slices.Clone(t.columns), modelColumn{number, column, fill})
		return "", ""
	})
}

func (w *modelWorld) dropColumn(name, column string) modelStep {
	return onTable("ALTER TABLE "+name+" DROP COLUMN "+column, name, func(_ *modelDB, _ int, t *modelTable) (string, string) {
		i := t.column(column)
		if i < 0 {
			return "", "42703"
		}
		t.columns = slices.Delete(slices.Clone(t.columns), i, i+1)
		return "", ""
	})
}

func (w *modelWorld) renameColumn(name, from, to string) modelStep {
	return onTable("ALTER TABLE "+name+" RENAME COLUMN "+from+" TO "+to, name, func(_ *modelDB, _ int, t *modelTable) (string, string) {
		i := t.column(from)
		switch {
		case i < 0:
			return "", "42703"
		case t.column(to) >= 0:
			return "", "42701"
		}
		t.columns = slices.Clone(t.columns)
		t.columns[i].name = to
		return "", ""
	})
}

func (w *modelWorld) insert(name string) modelStep {
	row := w.number()
	return onTable(fmt.Sprintf("INSERT INTO %s (id) VALUES (%d)", name, row), name, func(_ *modelDB, _ int, t *modelTable) (string, string) {
		t.rows[row] = map[int]int{t.columns[0].number: row}
		for _, c := range t.columns[1:] {
			t.rows[row][c.number] = c.fill
		}
		return "", ""
	})
}

func (w *modelWorld) update(name, column string, value, below int) modelStep {
	sql := fmt.Sprintf("UPDATE %s SET %s = %d WHERE id %% 3 = %d", name, column, value, below)
	return onTable(sql, name, func(_ *modelDB, _ int, t *modelTable) (string, string) {
		i := t.column(column)
		if i < 0 {
			return "", "42703"
		}
		for row, values := range t.rows {
			if row%3 == below {
				values[t.columns[i].number] = value
			}
		}
		return "", ""
	})
}

func (w *modelWorld) remove(name string, below int) modelStep {
	return onTable(fmt.Sprintf("DELETE FROM %s WHERE id %% 4 = %d", name, below), name, func(_ *modelDB, _ int, t *modelTable) (string, string) {
		maps.DeleteFunc(t.rows, func(row int, _ map[int]int) bool { return row%4 == below })
		return "", ""
	})
}

func (w *modelWorld) createView(name, table string) modelStep {
	return onTable("CREATE VIEW "+name+" AS SELECT id FROM "+table, table, func(db *modelDB, number int, _ *modelTable) (string, string) {
		if db.views[name] != 0 {
			return "", "42P07"
		}
		db.views[name] = number
		return "", ""
	})
}

func (w *modelWorld) dropView(name string) modelStep {
	return modelStep{"DROP VIEW " + name, func(db *modelDB) (string, string) {
		if db.views[name] == 0 {
			return "", "42P01"
		}
		delete(db.views, name)
		return "", ""
	}}
}

func (w *modelWorld) read(name string) modelStep {
	return onTable("SELECT * FROM "+name+" ORDER BY id", name, func(_ *modelDB, _ int, t *modelTable) (string, string) {
		return t.content(), ""
	})
}

func (w *modelWorld) readView(name string) modelStep {
	return modelStep{"SELECT * FROM " + name + " ORDER BY id", func(db *modelDB) (string, string) {
		t := db.tables[db.views[name]]
		if t == nil {
			return "", "42P01"
		}
		only := &modelTable{columns: t.columns[:1], rows: t.rows}
		return only.content(), ""
	}}
}

// merge puts what a transaction has made of its snapshot into what is
// committed. The transaction did not clash, so both changed different things.
func (db *modelDB) merge(snapshot, mine *modelDB) {
	for name := range snapshot.views {
		if mine.views[name] == 0 {
			delete(db.views, name)
		}
	}
	for name, of := range mine.views {
		if snapshot.views[name] != of {
			db.views[name] = of
		}
	}
	for number, before := range snapshot.tables {
		after, there := mine.tables[number], db.tables[number]
		switch {
		case after == nil:
			delete(db.tables, number)
		case there != nil:
			there.merge(before, after)
		}
	}
	for number, made := range mine.tables {
		if snapshot.tables[number] == nil {
			db.tables[number] = made
		}
	}
}

func (t *modelTable) merge(before, after *modelTable) {
	if after.name != before.name {
		t.name = after.name
	}
	if !slices.Equal(after.columns, before.columns) {
		t.columns = after.columns
	}
	for row := range before.rows {
		if after.rows[row] == nil {
			delete(t.rows, row)
		}
	}
	for row, values := range after.rows {
		switch {
		case before.rows[row] == nil:
			t.rows[row] = values
		case t.rows[row] != nil && !maps.Equal(before.rows[row], values):
			t.rows[row] = values
		}
	}
}
