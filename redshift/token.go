package redshift

type tokenKind uint8

const (
	tokEOF    tokenKind = iota
	tokWord             // unquoted identifier or keyword; val is lower case
	tokQuoted           // "quoted identifier"; val without quotes
	tokString           // any string constant; val is its value
	tokNumber
	tokParam // $1; val is the digits
	tokOp    // operator or punctuation
)

// A token is one lexical unit; pos and end are byte offsets in the source.
type token struct {
	kind     tokenKind
	val      string
	pos, end int
}

// reserved words cannot be names unless quoted or after AS.
var reserved = words(`all analyse analyze and any array as asc both case cast check collate
	constraint create cross current_date current_time current_timestamp current_user
	current_user_id default deferrable desc distinct do else end except false for foreign
	freeze from full grant group having ilike in initially inner intersect into is isnull
	join leading left like limit localtime localtimestamp minus natural new not notnull null
	off offset on only or order outer overlaps primary qualify references right select
	session_user similar some sysdate table then to trailing true union unique
	unpivot user using verbose when where window with`)

// callable reserved words are names of functions when a parenthesis follows.
var callable = words(`left right analyse current_user session_user user`)

// notAlias are words that, though not reserved, go on with the clause when
// they follow an expression or a table without AS.
var notAlias = words(`at escape between over filter within returning set pivot fetch`)

func words(list string) map[string]bool {
	m := make(map[string]bool)
	start := -1
	for i := 0; i <= len(list); i++ {
		if i < len(list) && list[i] > ' ' {
			if start < 0 {
				start = i
			}
			continue
		}
		if start >= 0 {
			m[list[start:i]] = true
			start = -1
		}
	}
	return m
}
