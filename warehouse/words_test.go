package warehouse

import "testing"

func TestConversionErrorsAreWordedAsRedshiftDoes(t *testing.T) {
	for _, test := range []struct{ duck, want string }{
		{"Could not convert string 'a' to INT32", `invalid input syntax for integer: "a"`},
		{"Could not convert string 'DATE' to INT64", `invalid input syntax for integer: "DATE"`},
		{"Could not convert string 'it's' to DOUBLE", `invalid input syntax for type double precision: "it's"`},
		{"Could not convert string 'x' to BOOL\nLINE 1: …", `invalid input syntax for type boolean: "x"`},
		{"Type INT32 with value 70000 can't be cast because the value is out of range for the destination type INT16", ""},
		{"", "the expression fails for this record"},
	} {
		got := plainWords(test.duck)
		if test.want == "" {
			if got == test.duck {
				t.Errorf("%q is left in DuckDB's words", test.duck)
			}
			continue
		}
		if got != test.want {
			t.Errorf("%q is worded %q, want %q", test.duck, got, test.want)
		}
	}
}
