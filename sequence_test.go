package leat_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
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
}

func TestSequenceTextIsFixed(t *testing.T) {
	s := leat.Sequence{Created: 1_700_000_000, Ordinal: 42, Shard: 7}
	const want = "49" + "01700000000" + "00000000000000000042" + "00000000000000000000007"
	if got := s.String(); got != want {
		t.Errorf("%+v is %s, want %s", s, got, want)
	}
}

func TestSequencesOfAShardGrowAsText(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 1000 {
		a := leat.Sequence{Created: rng.Uint64N(1e11), Ordinal: rng.Uint64() / 2, Shard: rng.Uint32()}
		later, renewed := a, a
		later.Ordinal += 1 + rng.Uint64N(1e6)
		renewed.Created, renewed.Ordinal = a.Created+1, 0
		if a.String() >= later.String() || later.String() >= renewed.String() {
			t.Fatalf("%s, %s, %s do not ascend", a, later, renewed)
		}
	}
}

func TestForeignSequencesAreRefused(t *testing.T) {
	good := leat.Sequence{Created: 1, Ordinal: 2, Shard: 3}.String()
	for name, text := range map[string]string{
		"empty":             "",
		"short":             good[1:],
		"long":              good + "0",
		"other start":       "5" + good[1:],
		"a letter":          good[:20] + "x" + good[21:],
		"a sign":            good[:2] + "+" + good[3:],
		"shard too large":   good[:33] + strings.Repeat("9", 23),
		"ordinal too large": good[:13] + strings.Repeat("9", 20) + good[33:],
	} {
		if _, err := leat.ParseSequence(text); leat.CodeOf(err) != leat.InvalidArgument {
			t.Errorf("%s: %q gave %v", name, text, err)
		}
	}
}

func TestSequenceIsWrittenWithoutAllocation(t *testing.T) {
	s := leat.Sequence{Created: 1_700_000_000, Ordinal: 42, Shard: 7}
	dst := make([]byte, 0, leat.SequenceDigits)
	if n := testing.AllocsPerRun(100, func() { dst, _ = s.AppendText(dst[:0]) }); n != 0 {
		t.Errorf("AppendText allocates %v times", n)
	}
}

func BenchmarkSequenceAppendText(b *testing.B) {
	s := leat.Sequence{Created: 1_700_000_000, Ordinal: 42, Shard: 7}
	dst := make([]byte, 0, leat.SequenceDigits)
	for b.Loop() {
		s.Ordinal++
		dst, _ = s.AppendText(dst[:0])
	}
}
