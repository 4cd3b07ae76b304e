package leat_test

import (
	"fmt"
	"testing"

	"leat"

	"pgregory.net/rapid"
)

func TestSequencesAreFiftySixDigitsAndBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := leat.Sequence{
			Created: rapid.Uint64Range(0, 99_999_999_999).Draw(t, "created"),
			Ordinal: rapid.Uint64().Draw(t, "ordinal"),
			Shard:   rapid.Uint32().Draw(t, "shard"),
		}
		text, _ := s.AppendText([]byte("before"))
		if want := fmt.Sprintf("before49%011d%020d%023d", s.Created, s.Ordinal, s.Shard); string(text) != want {
			t.Fatalf("%+v is written %s, want %s", s, text, want)
		}
		if back, err := leat.ParseSequence(s.String()); err != nil || back != s {
			t.Fatalf("%s is read as %+v, %v", s, back, err)
		}
	})
	for _, text := range []string{"", "49", leat.Sequence{}.String()[1:], "50" + leat.Sequence{}.String()[2:], leat.Sequence{}.String()[:55] + "x", leat.Sequence{}.String()[:33] + "00000000000009999999999"} {
		if s, err := leat.ParseSequence(text); leat.CodeOf(err) != leat.InvalidArgument {
			t.Errorf("%q is read as %+v, %v", text, s, err)
		}
	}
}
