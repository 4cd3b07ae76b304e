package e2e

import (
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// A deed is one line of a journal: what a worker of the Kinesis Client Library
// did, in the order in which all workers of an application did it.
type deed struct {
	kind   string // begin, record, end, lost, handover
	worker string
	shard  string
	key    string // of a record
	data   string
}

// readJournal reads the whole lines of a journal. One that is not yet there is
// empty.
func readJournal(path string) ([]deed, error) {
	text, err := os.ReadFile(path)
	if err != nil && !os.IsNotExist(err) {
		return nil, err
	}
	var deeds []deed
	for line := range strings.Lines(string(text)) {
		if !strings.HasSuffix(line, "\n") {
			break
		}
		words := strings.Fields(line)
		words = append(words, make([]string, 5-len(words))...)
		deeds = append(deeds, deed{words[0], words[1], words[2], words[3], words[4]})
	}
	return deeds, nil
}

func isRecord(d deed) bool { return d.kind == "record" }

func isRecordOf(worker string) func(deed) bool {
	return func(d deed) bool { return isRecord(d) && d.worker == worker }
}

// hasBegun says whether records of all these shards were processed.
func hasBegun(shards ...int) func([]deed) bool {
	return func(deeds []deed) bool {
		return !slices.ContainsFunc(shards, func(n int) bool {
			return !slices.ContainsFunc(deeds, func(d deed) bool { return isRecord(d) && d.shard == shardName(n) })
		})
	}
}

func count(deeds []deed, want func(deed) bool) (n int) {
	for _, d := range deeds {
		if want(d) {
			n++
		}
	}
	return n
}

// firstTimes returns the records in the order in which each was first
// processed.
func firstTimes(deeds []deed) []deed {
	seen := map[string]bool{}
	var first []deed
	for _, d := range deeds {
		if name := d.key + " " + d.data; isRecord(d) && !seen[name] {
			seen[name] = true
			first = append(first, d)
		}
	}
	return first
}

// checkNumbers checks that the numbers of each of the numberer's keys were
// processed in their order, whatever the shards and the workers, that those of
// the producer library were processed in any order, and that none is missing.
func checkNumbers(t *testing.T, mode string, deeds []deed, rounds int) {
	t.Helper()
	next := map[string]int{}
	for _, d := range firstTimes(deeds) {
		if want := strconv.Itoa(next[d.key]); d.data != want && !isPacked(d.key) {
			t.Fatalf("%s: %s has number %s where %s comes next, in %s by %s", mode, d.key, d.data, want, d.shard, d.worker)
		}
		next[d.key]++
	}
	for key, numbers := range next {
		want := rounds
		if isPacked(key) {
			want = kplRecords
		}
		if numbers != want {
			t.Errorf("%s: %s has %d numbers, want %d", mode, key, numbers, want)
		}
	}
	if len(next) != numberKeys+kplKeys {
		t.Errorf("%s: there are %d keys, want %d", mode, len(next), numberKeys+kplKeys)
	}
}

// checkParentsFirst checks that no shard was begun before its parents ended.
func checkParentsFirst(t *testing.T, mode string, deeds []deed, parents map[string][]string) {
	t.Helper()
	for child, shards := range parents {
		begun := slices.IndexFunc(deeds, func(d deed) bool { return d.kind == "begin" && d.shard == child })
		for _, parent := range shards {
			ended := slices.IndexFunc(deeds, func(d deed) bool { return d.kind == "end" && d.shard == parent })
			if ended < 0 || begun < ended {
				t.Errorf("%s: %s is begun at line %d of the journal, its parent %s ends at %d", mode, child, begun, parent, ended)
			}
		}
	}
}
