package lake

import (
	"fmt"
	"slices"
	"strings"

	"leat/duck"
)

// NoValue is the partition value that stands for NULL and the empty string.
const NoValue = "__HIVE_DEFAULT_PARTITION__"

// maxValue is how long the value of a partition may be, in bytes as a folder's
// name: file systems and object keys end at 255.
const maxValue = 180

// A reading is how a staged file is read: the table function, and an expression
// for each column, as its type or raw, as JSON.
type reading struct {
	from   string
	number string // the record's number, of a numbered stage
	column func(c Column) string
}

// reading returns how to read a staged file. As a rule read_json takes the
// documents apart. It does not take columns whose names differ by case alone:
// then it reads whole documents, and expressions take them apart.
func (p *program) reading(g *group, raw bool) reading {
	r := reading{number: "leat_row"}
	var fields []string
	if p.clash() {
		fields = []string{"'leat_document': 'JSON'"}
		r.number = "CAST(leat_document -> '/leat_row' AS BIGINT)"
		r.column = func(c Column) string {
			value := "(leat_document -> " + duck.Literal("/"+strings.NewReplacer("~", "~0", "/", "~1").Replace(c.Field)) + ")"
			switch {
			case raw, c.Type == JSON:
				return value
			case c.Type == varchar:
				return "(" + value + " ->> '$')"
			}
			return "CAST(" + value + " AS " + c.Type + ")"
		}
	} else {
		r.column = func(c Column) string {
			if !g.holds(c) {
				return "CAST(NULL AS " + c.Type + ")"
			}
			return duck.Identifier(c.Field)
		}
		for _, c := range p.columns {
			if !g.holds(c) {
				continue
			}
			typ := c.Type
			if raw {
				typ = JSON
			}
			fields = append(fields, duck.Literal(c.Field)+": "+duck.Literal(typ))
		}
		if raw || len(fields) == 0 {
			fields = append(fields, "'leat_row': 'BIGINT'")
		}
	}
	r.from = fmt.Sprintf("read_json(%s, format = 'newline_delimited', records = '%t', compression = 'uncompressed', hive_partitioning = false, maximum_object_size = %d, columns = {%s})",
		duck.Literal(globbed(g.path)), !p.clash(), max(g.longest+16, 64<<10), strings.Join(fields, ", "))
	return r
}

// clash tells whether fields differ by case alone.
func (p *program) clash() bool {
	return slices.ContainsFunc(p.columns, func(c Column) bool { return !strings.EqualFold(c.Field, c.Name) })
}

// globbed makes a path one that stands for itself alone.
func globbed(path string) string {
	return strings.NewReplacer("[", "[[]", "*", "[*]", "?", "[?]").Replace(path)
}

// A program is all that the batch's SQL is made from.
type program struct {
	job     Job
	columns []Column
	strict  bool    // columns were inferred, and records are held against them
	query   *Select // nil: all columns
	outputs []Output
}

// from returns the records as a table, with the columns' names.
func (p *program) from(g *group) string {
	r := p.reading(g, false)
	var list []string
	for _, c := range p.columns {
		list = append(list, r.column(c)+" AS "+duck.Identifier(c.Name))
	}
	if len(list) == 0 {
		list = []string{r.number}
	}
	return "(SELECT " + strings.Join(list, ", ") + " FROM " + r.from + ") AS " + Records
}

// final returns an output as the files have it: partition columns as text that
// names a folder; JSON as text in Parquet, which has no such type that
// everybody reads.
func (p *program) final(o Output) string {
	switch {
	case slices.Contains(p.job.Partitions, o.Name):
		value := "CAST((" + o.Expr + ") AS VARCHAR)"
		// The cast raises an error that TRY can catch, as error() does not.
		return fmt.Sprintf("CASE WHEN strlen(url_encode(%s)) > %d THEN CAST(CAST('too long to partition by: ' || left(%s, 20) AS INTEGER) AS VARCHAR) ELSE coalesce(nullif(%s, ''), '%s') END",
			value, maxValue, value, value, NoValue)
	case p.job.Format == Parquet && o.Type == JSON:
		return "CAST((" + o.Expr + ") AS VARCHAR)"
	}
	return o.Expr
}

// rows returns the query whose rows the files hold. JSON lines are one column
// beside those of the partitions.
func (p *program) rows(g *group) string {
	var list, members []string
	for _, o := range p.outputsOf(g) {
		if p.job.Format == JSONLines && !slices.Contains(p.job.Partitions, o.Name) {
			members = append(members, duck.Identifier(o.Name)+" := "+p.final(o))
			continue
		}
		list = append(list, p.final(o)+" AS "+duck.Identifier(o.Name))
	}
	if p.job.Format == JSONLines {
		list = append(list, "CAST(to_json(struct_pack("+strings.Join(members, ", ")+")) AS VARCHAR) AS leat_line")
	}
	sql := "SELECT " + strings.Join(list, ", ") + " FROM " + p.from(g)
	if p.query != nil && p.query.Where != "" {
		sql += " WHERE " + p.query.Where
	}
	return sql
}

// outputsOf returns the outputs that a group's files have: all but those that *
// gives for fields that no record of the group has.
func (p *program) outputsOf(g *group) []Output {
	var list []Output
	for _, o := range p.outputs {
		if o.Field == "" || g.holds(Column{Field: o.Field}) || slices.Contains(p.job.Partitions, o.Name) {
			list = append(list, o)
		}
	}
	if len(list) == len(p.job.Partitions) {
		return p.outputs // a file has columns
	}
	return list
}

// copyTo returns the statement that writes a group's files to a target: a
// folder when there are partitions, or else a file.
func (p *program) copyTo(g *group, target string) string {
	// Dictionaries pay for few values; for many, zstd does as well in less time.
	options := []string{"FORMAT parquet", "COMPRESSION " + p.job.Compression, "WRITE_BLOOM_FILTER false", "DICTIONARY_SIZE_LIMIT 2000"}
	if p.job.Compression == "zstd" {
		options = append(options, "COMPRESSION_LEVEL 1")
	}
	if p.job.Format == JSONLines {
		// Lines of one column that needs no quotes: JSON has no raw control
		// characters. DuckDB's own JSON writer makes no partitions.
		options = []string{"FORMAT csv", "HEADER false", "QUOTE ''", "ESCAPE ''", `DELIMITER E'\x01'`, "COMPRESSION 'uncompressed'"}
	}
	if len(p.job.Partitions) > 0 {
		var names []string
		for _, name := range p.job.Partitions {
			names = append(names, duck.Identifier(name))
		}
		options = append(options, "PARTITION_BY ("+strings.Join(names, ", ")+")", "FILE_EXTENSION "+duck.Literal(p.job.Format))
	}
	return "COPY (" + p.rows(g) + ") TO " + duck.Literal(target) + " (" + strings.Join(options, ", ") + ")"
}

// flushRows is after how many rows the rows of all partitions are written out:
// as many as keep about a tenth of the memory busy.
func (w *Writer) flushRows(g *group, columns int) int64 {
	perRow := max(int64(g.bytes)/max(int64(g.lines), 1), int64(columns)*24, 1)
	return min(max(w.cfg.MemoryBytes/10/perRow, 2048), 65536)
}
