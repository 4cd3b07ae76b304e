package lake

import (
	"context"
	"fmt"
	"math/big"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"leat/rowfile"
)

// Numbers of whatever notation come out with the value that they had, in the
// type that all of them fit, or as the text they had.
func TestNumbersAreExactInAnyNotation(t *testing.T) {
	w := newWriter(t)
	if err := w.start(); err != nil {
		t.Fatal(err)
	}
	digits := func(most int) *rapid.Generator[string] { return rapid.StringMatching(fmt.Sprintf("[0-9]{1,%d}", most)) }
	rapid.Check(t, func(t *rapid.T) {
		var texts []string
		var s rowfile.Scanner
		s.Configure(rowfile.Fields{Max: 10})
		for range rapid.IntRange(1, 5).Draw(t, "numbers") {
			text := strings.TrimLeft(digits(rapid.SampledFrom([]int{1, 5, 18, 39}).Draw(t, "before")).Draw(t, "whole"), "0")
			if text == "" {
				text = "0"
			}
			if rapid.Bool().Draw(t, "fraction") {
				text += "." + digits(rapid.SampledFrom([]int{1, 5, 39}).Draw(t, "after")).Draw(t, "digits")
			}
			if rapid.Bool().Draw(t, "exponent") {
				text += rapid.SampledFrom([]string{"e", "E", "e+", "E-", "e-"}).Draw(t, "e") + fmt.Sprint(rapid.IntRange(0, 40).Draw(t, "exponent"))
			}
			if rapid.Bool().Draw(t, "negative") {
				text = "-" + text
			}
			if fault := s.Scan([]byte(`{"n":` + text + `}`)); fault != nil {
				t.Fatal(text, fault)
			}
			texts = append(texts, text)
		}
		typ := Kept{}.with(s.Fields()).Columns[0].typ()
		for _, text := range texts {
			row, err := w.conn.Row(context.Background(), fmt.Sprintf("SELECT CAST(CAST('%s' AS %s) AS VARCHAR)", text, typ))
			if err != nil {
				t.Fatalf("%q: %s of %s: %v", texts, text, typ, err)
			}
			want, _ := new(big.Rat).SetString(text)
			got, ok := new(big.Rat).SetString(row[0].(string))
			if !ok || want.Cmp(got) != 0 {
				t.Fatalf("%q: %s became %v of %s", texts, text, row[0], typ)
			}
		}
	})
}
