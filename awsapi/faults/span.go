package faults

import (
	"fmt"
	"strings"
	"time"
)

// maxDelay is longer than any client waits.
const maxDelay = 15 * time.Minute

// A Span is a length of time, or the two ends between which it is chosen:
// 200ms or 100ms..2s.
type Span struct{ Min, Max time.Duration }

// String is the span as UnmarshalText reads it.
func (s Span) String() string {
	if s.Min == s.Max {
		return s.Min.String()
	}
	return s.Min.String() + ".." + s.Max.String()
}

// MarshalText writes the span.
func (s Span) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads the span.
func (s *Span) UnmarshalText(text []byte) error {
	from, to, ranged := strings.Cut(string(text), "..")
	if !ranged {
		to = from
	}
	var read Span
	var err error
	if read.Min, err = time.ParseDuration(from); err == nil {
		read.Max, err = time.ParseDuration(to)
	}
	if err != nil {
		return fmt.Errorf("%q is no length of time such as 200ms, and no range such as 100ms..2s", text)
	}
	*s = read
	return nil
}

// A Duration is a length of time, written as 90s or 10m.
type Duration time.Duration

// String is the duration as UnmarshalText reads it.
func (d Duration) String() string { return time.Duration(d).String() }

// MarshalText writes the duration.
func (d Duration) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads the duration.
func (d *Duration) UnmarshalText(text []byte) error {
	read, err := time.ParseDuration(string(text))
	if err != nil {
		return fmt.Errorf("%q is no length of time such as 90s or 10m", text)
	}
	*d = Duration(read)
	return nil
}
