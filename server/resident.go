package server

import (
	"os"
	"strconv"
	"strings"
)

// residentMemory returns what tells the bytes of memory that this process takes, nil
// when the system does not tell.
func residentMemory() func() int64 {
	const path = "/proc/self/statm"
	if _, err := os.Stat(path); err != nil {
		return nil
	}
	page := int64(os.Getpagesize())
	return func() int64 {
		text, err := os.ReadFile(path)
		if err != nil {
			return 0
		}
		_, rest, _ := strings.Cut(string(text), " ")
		pages, _, _ := strings.Cut(rest, " ")
		n, err := strconv.ParseInt(pages, 10, 64)
		if err != nil {
			return 0
		}
		return n * page
	}
}
