package warehouse

import (
	"strings"

	"leat/duck"
)

// isDiskFull reports whether an error says that there is no room on the disk.
// DuckDB has no type for it; its words are all there is to go by.
func isDiskFull(err error) bool {
	if err == nil {
		return false
	}
	text := err.Error()
	return strings.Contains(text, "No space left on device") || strings.Contains(text, "Disk quota exceeded") ||
		duck.TypeOf(err) == duck.OutOfMemory && strings.Contains(text, "max_temp_directory_size")
}

func diskFullError(err error) error {
	e := sqlError("53100", "the disk is full")
	e.Detail = firstLine(err.Error())
	e.Hint = "Make room on the disk of the data folder; nothing needs to be restarted."
	return e
}
