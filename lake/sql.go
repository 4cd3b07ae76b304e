package lake

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"leat/duck"
	"leat/rowfile"
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

// reading returns how to read a staged file: read_json takes the documents
// apart. raw is for values as they were staged, which can always be read.
//
// It does not take columns whose names differ by case alone, which the first
// version had: then it reads whole documents, and expressions take them apart.
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
			switch {
			case !g.holds(c):
				return "CAST(NULL AS " + c.Type + ")"
			case c.Type == JSON && !raw && !p.job.first() && p.job.Select != nil:
				return "CAST(" + duck.Identifier(c.Field) + " AS JSON)"
			case c.Type == bigint && p.odd[c.Name] && !raw:
				return "CAST(" + duck.Identifier(c.Field) + " AS BIGINT)"
			}
			return duck.Identifier(c.Field)
		}
		for _, c := range p.columnsIn(g) {
			if !g.holds(c) {
				continue
			}
			typ := c.Type
			switch {
			case raw && p.job.first():
				typ = JSON
			case raw, typ == JSON && !p.job.first(), typ == bigint && p.odd[c.Name]:
				// The text of the document as it came: a column of JSON would have it
				// written anew. And read_json takes no 1E5 for a BIGINT.
				typ = varchar
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

// columnsIn returns the columns that a group is read with.
func (p *program) columnsIn(g *group) []Column {
	list := g.columns
	if list == nil {
		list = p.columns
	}
	known := list[:0:0]
	for _, c := range list {
		if c.Type != "" {
			known = append(known, c)
		}
	}
	return known
}

// clash tells whether fields differ by case alone.
func (p *program) clash() bool {
	return p.job.first() && slices.ContainsFunc(p.columns, func(c Column) bool { return !strings.EqualFold(c.Field, c.Name) })
}

// globbed makes a path one that stands for itself alone.
func globbed(path string) string {
	return strings.NewReplacer("[", "[[]", "*", "[*]", "?", "[?]").Replace(path)
}

// from returns the records as a table, with the columns' names.
func (p *program) from(g *group) string {
	r := p.reading(g, false)
	var list []string
	for _, c := range p.columnsIn(g) {
		list = append(list, r.column(c)+" AS "+duck.Identifier(c.Name))
	}
	if len(list) == 0 {
		list = []string{r.number}
	}
	return "(SELECT " + strings.Join(list, ", ") + " FROM " + r.from + ") AS " + Records
}

// final returns an output as the files have it: partition columns as text that
// names a folder; JSON as text in Parquet, which has no such type that
// everybody reads; others as the type that the column has by now.
func (p *program) final(g *group, o Output) string {
	switch {
	case slices.Contains(p.job.Partitions, o.Name):
		value := "CAST((" + o.Expr + ") AS VARCHAR)"
		if p.found() {
			value = asText(o.Expr, o.Type)
		}
		tooLong := fmt.Sprintf("strlen(url_encode(%s)) > %d", value, maxValue)
		if n := len(p.job.Partitions); o.Name == p.job.Partitions[0] && p.job.PartitionBytes > 0 && n*maxValue > p.job.PartitionBytes {
			// All of them share the length of the object's key.
			var lengths []string
			for _, each := range g.outputs {
				if slices.Contains(p.job.Partitions, each.Name) {
					lengths = append(lengths, "coalesce(strlen(url_encode(CAST(("+each.Expr+") AS VARCHAR))), "+fmt.Sprint(len(NoValue))+")")
				}
			}
			tooLong += fmt.Sprintf(" OR %s > %d", strings.Join(lengths, " + "), p.job.PartitionBytes)
		}
		// The cast raises an error that TRY can catch, as error() does not.
		return fmt.Sprintf("CASE WHEN %s THEN CAST(CAST('too long to partition by: ' || left(%s, 20) AS INTEGER) AS VARCHAR) ELSE coalesce(nullif(%s, ''), '%s') END",
			tooLong, value, value, NoValue)
	case p.job.Format != Parquet:
		return o.Expr
	case !p.found():
		if o.Type == JSON {
			return "CAST((" + o.Expr + ") AS VARCHAR)"
		}
		return o.Expr
	}
	typ := p.kept.output(o)
	if typ == "" {
		typ = o.Type
	}
	if typ == "" && o.Null {
		typ = varchar
	}
	switch {
	case o.Type == JSON && o.Plain != "":
		return "CAST((" + o.Expr + ") AS VARCHAR)" // text has columns of its own
	case o.Type == JSON, typ == varchar && o.Type != varchar && o.Type != "":
		return asText(o.Expr, o.Type)
	case typ == o.Type, o.Type == "" && !o.Null:
		return o.Expr
	case typ == JSON:
		typ = varchar
	}
	return "CAST((" + o.Expr + ") AS " + typ + ")"
}

// found tells whether the columns are found in the records.
func (p *program) found() bool { return p.job.Kept != nil && p.job.Columns == nil }

// rows returns the query whose rows the files hold. JSON lines are one column
// beside those of the partitions.
func (p *program) rows(g *group) string {
	var list []string
	outputs := p.outputsOf(g)
	for _, o := range outputs {
		if p.job.Format != JSONLines || slices.Contains(p.job.Partitions, o.Name) {
			list = append(list, p.final(g, o)+" AS "+duck.Identifier(o.Name))
		}
	}
	if p.job.Format == JSONLines {
		list = append(list, p.line(g, outputs)+" AS leat_line")
	}
	sql := "SELECT " + strings.Join(list, ", ") + " FROM " + p.from(g)
	if g.query != nil && g.query.Where != "" {
		sql += " WHERE " + g.query.Where
	}
	return sql
}

// line returns the expression of a line of JSON. A field that * brings and that
// is null or not in the record has no member.
func (p *program) line(g *group, outputs []Output) string {
	var members []string
	for _, o := range outputs {
		if slices.Contains(p.job.Partitions, o.Name) {
			continue
		}
		if p.job.first() {
			members = append(members, duck.Identifier(o.Name)+" := "+p.final(g, o))
			continue
		}
		value := "CAST(to_json(" + o.Expr + ") AS VARCHAR)"
		switch {
		case o.Type == JSON:
			value = "CAST((" + o.Expr + ") AS VARCHAR)"
		case strings.HasPrefix(o.Type, "DECIMAL"):
			value = asText(o.Expr, o.Type)
		}
		if o.Field == "" {
			value = "coalesce(" + value + ", 'null')"
		}
		name, _ := json.Marshal(o.Name) // text can always be encoded
		members = append(members, duck.Literal(string(name)+":")+" || "+value)
	}
	if p.job.first() {
		return "CAST(to_json(struct_pack(" + strings.Join(members, ", ") + ")) AS VARCHAR)"
	}
	return "'{' || concat_ws(',', " + strings.Join(members, ", ") + ") || '}'"
}

// outputsOf returns the outputs that a group's files have: all but those that *
// gives for fields that no record of the group has, and those that have had no
// value yet.
func (p *program) outputsOf(g *group) []Output {
	var list []Output
	for _, o := range g.outputs {
		partition := slices.Contains(p.job.Partitions, o.Name)
		switch {
		case partition:
		case o.Field != "" && !g.holds(Column{Field: o.Field}):
			continue
		case (o.Null || o.Plain != "") && p.found() && p.job.Format == Parquet && p.kept.output(o) == "":
			continue
		}
		list = append(list, o)
	}
	if len(list) > len(p.job.Partitions) {
		return list
	}
	// A file has columns.
	if !p.found() {
		return g.outputs
	}
	empty := Output{Name: rowfile.RestField, Expr: "NULL", Null: true}
	if g.query != nil && !g.query.Open {
		i := slices.IndexFunc(g.outputs, func(o Output) bool { return !slices.Contains(p.job.Partitions, o.Name) })
		empty.Name = g.outputs[i].Name
	}
	return append(list, empty)
}

// copyTo returns the statement that writes a group's files to a target: a
// folder when there are partitions, or else a file.
func (p *program) copyTo(g *group, target string) string {
	// Dictionaries pay for few values; for many, zstd does as well in less time.
	options := []string{"FORMAT parquet", "COMPRESSION " + p.job.Compression, "WRITE_BLOOM_FILTER false", "DICTIONARY_SIZE_LIMIT 2000",
		fmt.Sprintf("ROW_GROUP_SIZE %d", rowGroup(g, len(p.outputsOf(g)))),
		fmt.Sprintf("STRING_DICTIONARY_PAGE_SIZE_LIMIT %d", dictionaryPage(len(p.outputsOf(g))))}
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

// rowGroup is how many rows a row group has: as many as are some MiB. It must
// not depend on the memory, which may be another one when a batch is repeated.
func rowGroup(g *group, columns int) uint64 {
	const most, unit, groupBytes = 122_880, 2048, 16 << 20
	perRow := max(g.bytes/max(g.lines, 1), uint64(columns)*16, 1)
	return min(max(groupBytes/perRow/unit*unit, unit), most)
}

// dictionaryPage is how many bytes the dictionary of a column of text may have.
// The writer takes that much for each at once: with many columns there is less
// for each.
func dictionaryPage(columns int) int {
	const most, least, all = 1 << 20, 4 << 10, 16 << 20
	return min(max(all/max(columns, 1), least), most)
}

// flushRows is after how many rows the rows of all partitions are written out:
// as many as keep about a tenth of the memory busy.
func (w *Writer) flushRows(g *group, columns int) int64 {
	perRow := max(int64(g.bytes)/max(int64(g.lines), 1), int64(columns)*24, 1)
	return min(max(w.cfg.MemoryBytes/10/perRow, 2048), 65536)
}
