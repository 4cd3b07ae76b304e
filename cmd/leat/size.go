package main

import (
	"fmt"
	"strconv"
	"strings"
)

// size is a number of bytes on the command line: 512MiB, 2GiB, 800MB or plain
// digits.
type size int64

var sizeUnits = []struct {
	suffix string
	bytes  int64
}{
	{"kib", 1 << 10}, {"mib", 1 << 20}, {"gib", 1 << 30}, {"tib", 1 << 40},
	{"kb", 1e3}, {"mb", 1e6}, {"gb", 1e9}, {"tb", 1e12},
	{"k", 1 << 10}, {"m", 1 << 20}, {"g", 1 << 30}, {"b", 1}, {"", 1},
}

// UnmarshalText reads a size.
func (s *size) UnmarshalText(text []byte) error {
	for _, unit := range sizeUnits {
		digits, ok := strings.CutSuffix(strings.ToLower(string(text)), unit.suffix)
		if !ok {
			continue
		}
		n, err := strconv.ParseFloat(strings.TrimSpace(digits), 64)
		if err != nil || !(n >= 0 && n*float64(unit.bytes) <= 1<<62) {
			break
		}
		*s = size(n * float64(unit.bytes))
		return nil
	}
	return fmt.Errorf("%q is not a size such as 512MiB or 2GiB", text)
}
