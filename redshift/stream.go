package redshift

import "sort"

// A StreamQuery is the translation of a streaming view's query, in parts, so
// that the warehouse can run it fast over a batch and isolate failing records.
//
// No part holds a TRY or a volatile function, so each may be put inside one.
// But DuckDB's optimizer of common subexpressions computes what two expressions
// share outside of any TRY around them: whoever isolates records by TRY must
// turn it off (SET disabled_optimizers = 'common_subexpressions') for that
// statement, and leave it on for the fast path, which lives from it.
type StreamQuery struct {
	ExternalSchema, Stream string
	Columns                []StreamColumn
	Where                  string   // DuckDB boolean expression or ""
	Uses                   []string // metadata columns used, canonical names of the batch: see BatchColumns
}

// StreamColumn is one output column: an expression over the batch's columns.
type StreamColumn struct {
	Name string
	Type Type
	Expr string // DuckDB expression over batch columns
	Text string // the expression as the user wrote it, for reports
	Star bool   // the column is one that * gave
}

// BatchColumns are the columns the warehouse offers a StreamQuery's
// expressions, for streams of Kinesis.
var BatchColumns = []Column{
	{"approximate_arrival_timestamp", typeTimestamp},
	{"partition_key", Type{Name: "varchar", Length: 256}},
	{"shard_id", Type{Name: "char", Length: 20}},
	{"sequence_number", Type{Name: "varchar", Length: 128}},
	{"refresh_time", typeTimestamp},
	{"kinesis_data", Type{Name: "varbyte", Length: 1048576}},
}

// ownBatchColumns are Leat's own columns beside those of Redshift: a user record
// of an aggregate has its place in it, any other record 0. They must be named,
// * does not give them.
var ownBatchColumns = []Column{{"subsequence_number", typeBigint}}

// firstGeneration are the names that the preview of streaming ingestion gave
// to the columns; published SQL still uses them.
var firstGeneration = map[string]string{
	"approximatearrivaltimestamp": "approximate_arrival_timestamp", "partitionkey": "partition_key", "shardid": "shard_id",
	"sequencenumber": "sequence_number", "data": "kinesis_data", "subsequencenumber": "subsequence_number",
}

// TranslateStream translates a view's query over one stream of an external
// schema; the Catalog knows streams as relations of kind "stream". What
// Redshift forbids in streaming views (joins, ORDER BY, window functions …)
// is refused as Redshift does.
func TranslateStream(q *Query, cat Catalog, set Settings) (*StreamQuery, error) {
	t := newTranslator(q.full, cat, set)
	t.place = "a materialized view over a stream"
	sel, err := t.streamSelect(q)
	if err != nil {
		return nil, err
	}
	ref := sel.From[0].(*TableRef)
	rel, name, err := t.relation(ref.Path)
	if err != nil {
		return nil, err
	}
	if rel.Kind != "stream" {
		return nil, t.fail(name.pos(), codeUndefinedTable, "\"%s\" is not a stream of an external schema", name)
	}
	sc, src := t.streamScope(rel, ref)
	if err := t.streamRules(sel, sc); err != nil {
		return nil, err
	}
	p := &selectPlan{t: t}
	ext := newExtractor()
	if err := t.itemsWith(ext, p, sel, sc); err != nil {
		return nil, err
	}
	if ext.worth() {
		if err := t.share(ext, p, sel, sc); err != nil {
			return nil, err
		}
	}
	out := &StreamQuery{ExternalSchema: rel.Schema, Stream: rel.Name}
	if out.Columns, err = t.streamColumns(p, sel); err != nil {
		return nil, err
	}
	if sel.Where != nil {
		if out.Where, err = t.condition(sel.Where, sc); err != nil {
			return nil, err
		}
	}
	if len(t.params) > 0 {
		return nil, t.fail(q.start, "42P02", "a materialized view cannot have parameters")
	}
	out.Uses = usedColumns(src)
	return out, nil
}

// streamScope puts the stream's metadata columns in scope, under the names of
// both generations.
func (t *translator) streamScope(rel *Relation, ref *TableRef) (*scope, *sourceTable) {
	src := &sourceTable{alias: rel.Name, schema: rel.Schema, used: make(map[string]bool)}
	if !ref.Alias.Name.empty() {
		src.alias, src.schema = ref.Alias.Name.Fold(t.set), ""
	}
	for _, c := range BatchColumns {
		src.fields = append(src.fields, field{c.Name, c.Name, c.Type})
	}
	for _, c := range ownBatchColumns {
		src.unlisted = append(src.unlisted, field{c.Name, c.Name, c.Type})
	}
	src.hidden = firstGeneration
	return sourceScope(src), src
}

func usedColumns(src *sourceTable) []string {
	var uses []string
	for name := range src.used {
		uses = append(uses, name)
	}
	sort.Strings(uses)
	return uses
}

func (t *translator) streamColumns(p *selectPlan, sel *Select) ([]StreamColumn, error) {
	seen := make(map[string]bool)
	columns := make([]StreamColumn, len(p.items))
	for i, it := range p.items {
		pos := sel.pos
		c := StreamColumn{Name: it.name, Type: shownType(outType(it.v)), Text: it.name, Star: it.item == nil}
		if it.item != nil {
			c.Text = t.src[it.item.text[0]:it.item.text[1]]
			pos = it.item.text[0]
		}
		if seen[c.Name] {
			return nil, t.fail(pos, codeDuplicateColumn, "column \"%s\" specified more than once", c.Name)
		}
		seen[c.Name] = true
		c.Expr = t.item(it.v, asColumn{show: true})
		columns[i] = c
	}
	return columns, nil
}
