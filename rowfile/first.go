package rowfile

import "strings"

// MaxFields is how many different fields the records of one batch could have in
// the first version of Leat. A record that brought more was no row.
const MaxFields = 1000

// findFirst is find in the meaning of the first version, which batches have
// that were decided by it: every spelling is a field, and some are refused.
func (s *fieldSet) findFirst(name []byte) (int32, string) {
	switch {
	case len(name) == 0:
		return 0, "a field has an empty name"
	case len(name) > maxName:
		return 0, "a field's name is longer than 1024 bytes"
	case strings.ContainsRune(string(name), 0):
		return 0, "a field's name holds the character NUL"
	case len(s.fields) >= MaxFields:
		return 0, "the records of the batch have more than 1000 different fields"
	}
	return s.add(string(name)), ""
}
