package crash

import (
	"strings"
	"testing"
)

// A campaign that finds nothing must be able to find something.
func TestChecksFindWhatIsLostTwiceAndForeign(t *testing.T) {
	inStream := map[int]bool{0: true, 1: true, 2: true, badEvery - 1: true}
	for _, test := range []struct {
		name string
		ids  []int
		want string // of the fault; "" for none
	}{
		{"all there", []int{2, 0, 1}, ""},
		{"one lost", []int{0, 1}, "1 are missing, 0 are there more than once, 0 do not belong"},
		{"one twice", []int{0, 1, 2, 1}, "0 are missing, 1 are there more than once, 0 do not belong"},
		{"a foreign one", []int{0, 1, 2, 7}, "0 are missing, 0 are there more than once, 1 do not belong"},
		{"a bad one instead of a good one", []int{0, 1, badEvery - 1}, "1 are missing, 0 are there more than once, 1 do not belong"},
	} {
		c := &campaign{}
		c.checkOnce("view", test.ids, inStream, 3)
		got := strings.Join(c.report.Faults, "\n")
		if test.want == "" && got != "" || !strings.Contains(got, test.want) {
			t.Errorf("%s: faults %q, want %q", test.name, got, test.want)
		}
	}
}

func TestTablesMustBeAsTheServerSaid(t *testing.T) {
	for _, test := range []struct {
		outcome outcome
		there   bool
		faults  int
	}{
		{acknowledged, true, 0}, {acknowledged, false, 1}, {refused, false, 0}, {refused, true, 1}, {unknown, true, 0}, {unknown, false, 0},
	} {
		c := &campaign{}
		c.checkThere("t", test.outcome, test.there)
		if len(c.report.Faults) != test.faults {
			t.Errorf("%v, there %v: faults %q", test.outcome, test.there, c.report.Faults)
		}
	}
}

func TestRecordsKnowTheirNumbers(t *testing.T) {
	for _, id := range []int{0, 1, badEvery - 1, badEvery, 123_456_789} {
		got, err := indexOf(document(id))
		if err != nil || got != id {
			t.Errorf("document %d is read as %d, %v", id, got, err)
		}
	}
	if _, err := indexOf([]byte(`{"id":`)); err == nil {
		t.Error("half a document has a number")
	}
}
