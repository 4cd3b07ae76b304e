package warehouse

import "leat/redshift"

// oneByteColumns are the columns of pg_catalog that are of type "char", one byte.
// Drivers that look up a type tell its kind by that: asyncpg compares bytes.
var oneByteColumns = map[string]bool{
	"typtype": true, "typcategory": true, "typalign": true, "typstorage": true, "typdelim": true,
	"relkind": true, "relpersistence": true, "relreplident": true,
	"attstorage": true, "attalign": true, "attidentity": true, "attgenerated": true, "attcompression": true,
	"contype": true, "confupdtype": true, "confdeltype": true, "confmatchtype": true,
	"deptype": true, "prokind": true, "provolatile": true, "proparallel": true,
}

// catalogTypes gives the columns of a relation of pg_catalog the types that
// DuckDB does not have.
func catalogTypes(columns []redshift.Column) {
	for i := range columns {
		if oneByteColumns[columns[i].Name] {
			columns[i].Type = redshift.Type{Name: `"char"`}
		}
		if columns[i].Name == "atttypid" { // an array of these is oid[]
			columns[i].Type = redshift.Type{Name: "oid"}
		}
	}
}
