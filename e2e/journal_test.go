package e2e

import (
	"os"
	"strings"
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
