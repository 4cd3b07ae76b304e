package warehouse

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"leat/duck"
	"leat/redshift"
)

var typesFromDuck = map[duck.TypeID]redshift.Type{
	duck.TypeBoolean:     {Name: "boolean"},
	duck.TypeTinyInt:     {Name: "smallint"},
	duck.TypeSmallInt:    {Name: "smallint"},
	duck.TypeUTinyInt:    {Name: "smallint"},
	duck.TypeInteger:     {Name: "integer"},
	duck.TypeUSmallInt:   {Name: "integer"},
	duck.TypeBigInt:      {Name: "bigint"},
	duck.TypeUInteger:    {Name: "bigint"},
	duck.TypeUBigInt:     {Name: "numeric", Precision: 20},
	duck.TypeHugeInt:     {Name: "numeric", Precision: 38},
	duck.TypeUHugeInt:    {Name: "numeric", Precision: 38},
	duck.TypeFloat:       {Name: "real"},
	duck.TypeDouble:      {Name: "double precision"},
	duck.TypeVarchar:     {Name: "varchar"},
	duck.TypeEnum:        {Name: "varchar"},
	duck.TypeUUID:        {Name: "varchar", Length: 36},
	duck.TypeBlob:        {Name: "varbyte"},
	duck.TypeDate:        {Name: "date"},
	duck.TypeTime:        {Name: "time"},
	duck.TypeTimeTZ:      {Name: "timetz"},
	duck.TypeTimestamp:   {Name: "timestamp"},
	duck.TypeTimestampS:  {Name: "timestamp"},
	duck.TypeTimestampMS: {Name: "timestamp"},
	duck.TypeTimestampNS: {Name: "timestamp"},
	duck.TypeTimestampTZ: {Name: "timestamptz"},
	duck.TypeInterval:    {Name: "interval"},
	duck.TypeList:        {Name: "super"},
	duck.TypeStruct:      {Name: "super"},
	duck.TypeMap:         {Name: "super"},
}

// typeFromDuck is the Redshift type for a DuckDB type of which nothing more is
// known.
func typeFromDuck(t duck.Type) redshift.Type {
	switch {
	case t.IsJSON():
		return redshift.Type{Name: "super"}
	case t.ID == duck.TypeDecimal:
		return redshift.Type{Name: "numeric", Precision: t.Width, Scale: t.Scale}
	case t.ID == duck.TypeList && t.Elem != nil:
		// Arrays are the catalogs' own: Redshift's tables have none.
		switch elem := typeFromDuck(*t.Elem).Name; elem {
		case "varchar", "smallint", "integer", "bigint":
			return redshift.Type{Name: elem + "[]"}
		}
	}
	if out, ok := typesFromDuck[t.ID]; ok {
		return out
	}
	return redshift.Type{Name: "varchar"}
}

// resultType is the type of a result column: what the translation says, unless
// DuckDB's column is of another kind, which then decides how values look.
func resultType(said redshift.Type, actual duck.Type) redshift.Type {
	found := typeFromDuck(actual)
	if said.Name == "" || said.Name == "unknown" {
		return found
	}
	same := said.Name == found.Name ||
		found.Name == "varchar" && (said.Name == "char" || said.Name == "super" || said.Name == "geometry" || said.Name == "name" || said.Name == `"char"`) ||
		found.Name == "super" && said.Name == "varchar" ||
		found.Name == "bigint" && said.Name == "oid" ||
		found.Name == "bigint[]" && said.Name == "oid[]"
	if !same {
		return found
	}
	if said.Name == "numeric" {
		return found
	}
	return said
}

// value turns one of DuckDB's values into what Rows.Values promises for a type.
func value(v any, t redshift.Type) any {
	switch x := v.(type) {
	case nil, bool, int16, int32, int64, float32, float64, string, []byte, time.Time, time.Duration:
		return v
	case duck.Decimal:
		return string(x)
	case int8:
		return int16(x)
	case uint8:
		return int16(x)
	case uint16:
		return int32(x)
	case uint32:
		return int64(x)
	case uint64:
		return fmt.Sprint(x)
	case duck.Interval:
		return intervalText(x)
	case duck.TimeTZ:
		return timeTZText(x)
	}
	if list, ok := v.([]any); ok && strings.HasSuffix(t.Name, "[]") {
		return arrayText(list)
	}
	text, err := json.Marshal(plainValue(v))
	if err != nil {
		return fmt.Sprint(v)
	}
	return string(text)
}

// arrayText writes an array as PostgreSQL does: {1,2}, {a,"b c",NULL}.
func arrayText(list []any) string {
	escape := strings.NewReplacer(`\`, `\\`, `"`, `\"`)
	parts := make([]string, len(list))
	for i, v := range list {
		text := fmt.Sprint(v)
		switch {
		case v == nil:
			text = "NULL"
		case text == "" || strings.EqualFold(text, "null") || strings.ContainsAny(text, "{},\"\\ \t\n"):
			text = `"` + escape.Replace(text) + `"`
		}
		parts[i] = text
	}
	return "{" + strings.Join(parts, ",") + "}"
}

// plainValue prepares a nested value for JSON.
func plainValue(v any) any {
	switch x := v.(type) {
	case []any:
		out := make([]any, len(x))
		for i := range x {
			out[i] = plainValue(x[i])
		}
		return out
	case duck.Decimal:
		return json.Number(x)
	case time.Time:
		return x.Format("2006-01-02 15:04:05.999999")
	case duck.Interval:
		return intervalText(x)
	}
	return v
}

// intervalText writes an interval as PostgreSQL does: 1 year 2 mons 3 days 04:05:06.
func intervalText(i duck.Interval) string {
	var parts []string
	add := func(n int32, one, many string) {
		if n == 0 {
			return
		}
		word := many
		if n == 1 {
			word = one
		}
		parts = append(parts, fmt.Sprintf("%d %s", n, word))
	}
	add(i.Months/12, "year", "years")
	add(i.Months%12, "mon", "mons")
	add(i.Days, "day", "days")
	if i.Micros != 0 || len(parts) == 0 {
		parts = append(parts, clockText(i.Micros))
	}
	return strings.Join(parts, " ")
}

func clockText(micros int64) string {
	sign := ""
	if micros < 0 {
		sign, micros = "-", -micros
	}
	text := fmt.Sprintf("%s%02d:%02d:%02d", sign, micros/3_600_000_000, micros/60_000_000%60, micros/1_000_000%60)
	if rest := micros % 1_000_000; rest != 0 {
		text += strings.TrimRight(fmt.Sprintf(".%06d", rest), "0")
	}
	return text
}

func timeTZText(t duck.TimeTZ) string {
	offset, sign := t.OffsetSeconds, "+"
	if offset < 0 {
		offset, sign = -offset, "-"
	}
	text := clockText(t.SinceMidnight.Microseconds()) + fmt.Sprintf("%s%02d", sign, offset/3600)
	if minutes := offset / 60 % 60; minutes != 0 {
		text += fmt.Sprintf(":%02d", minutes)
	}
	return text
}
