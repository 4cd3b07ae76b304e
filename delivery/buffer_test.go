package delivery

import (
	"bufio"
	"flag"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

var rewrite = flag.Bool("rewrite", false, "write what the scripts give into their files")

// The script's lines are "open BYTES AGE", "add RECORDS BYTES AGE-OF-FIRST
// PENDING", "wait DURATION" and "flush", each with what the buffer decides.
func TestBufferDecisions(t *testing.T) {
	const name = "testdata/buffer.txt"
	file, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var b Buffer
	var pending uint64
	now := began
	var got, want strings.Builder
	for scanner := bufio.NewScanner(file); scanner.Scan(); {
		want.WriteString(scanner.Text() + "\n")
		command, _, _ := strings.Cut(scanner.Text(), " → ")
		fields := strings.Fields(command)
		if len(fields) == 0 || fields[0] == "#" {
			got.WriteString(scanner.Text() + "\n")
			continue
		}
		number := func(i int) uint64 {
			n, err := strconv.ParseUint(fields[i], 10, 64)
			if err != nil {
				t.Fatalf("%q: %v", command, err)
			}
			return n
		}
		duration := func(i int) time.Duration {
			d, err := time.ParseDuration(fields[i])
			if err != nil {
				t.Fatalf("%q: %v", command, err)
			}
			return d
		}
		flush := false
		switch fields[0] {
		case "open":
			b, pending = NewBuffer(int64(number(1)), duration(2)), 0
		case "add":
			b.Add(Seen{Records: number(1), Bytes: number(2), Oldest: now.Add(-duration(3))}, now)
			pending = number(4)
		case "wait":
			now, pending = now.Add(duration(1)), 0
		case "flush":
			flush = true
		default:
			t.Fatalf("unknown command %q", command)
		}
		decision := fmt.Sprintf("room %d", b.Room())
		if deadline, ok := b.Deadline(); ok {
			decision += fmt.Sprintf(", due in %s", deadline.Sub(now))
		}
		if b.Due(now, pending, flush) {
			seen := b.Take()
			decision += fmt.Sprintf(", CUT %d records, %d bytes, oldest %s", seen.Records, seen.Bytes, now.Sub(seen.Oldest))
		}
		fmt.Fprintf(&got, "%s → %s\n", command, decision)
	}
	if *rewrite {
		if err := os.WriteFile(name, []byte(got.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if got.String() != want.String() {
		t.Errorf("got\n%s\nwant\n%s", &got, &want)
	}
}

// Whatever comes: no record is left out or cut twice, a full batch is due at
// once, and a batch at the tip of its source never waits beyond its age.
func TestBufferKeepsItsLimits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		maxBytes := rapid.Int64Range(1, 1000).Draw(t, "maxBytes")
		maxAge := time.Duration(rapid.IntRange(0, 100).Draw(t, "maxAge")) * time.Second
		b := NewBuffer(maxBytes, maxAge)
		now := began
		var added, cut, bytes uint64
		var first time.Time
		for range rapid.IntRange(1, 50).Draw(t, "steps") {
			now = now.Add(time.Duration(rapid.IntRange(0, 60).Draw(t, "wait")) * time.Second)
			pending := uint64(0)
			if rapid.Bool().Draw(t, "read") {
				seen := Seen{
					Records: rapid.Uint64Range(1, 9).Draw(t, "records"), Bytes: rapid.Uint64Range(0, 500).Draw(t, "bytes"),
					Oldest: now.Add(-time.Duration(rapid.IntRange(-50, 500).Draw(t, "age")) * time.Second),
				}
				if b.Empty() {
					first = seen.Oldest
				}
				pending = uint64(rapid.IntRange(0, 1).Draw(t, "pending"))
				b.Add(seen, now)
				added, bytes = added+seen.Records, bytes+seen.Bytes
			}
			flush := rapid.Bool().Draw(t, "flush")
			full, old := bytes >= uint64(maxBytes), !now.Before(first.Add(maxAge))
			due := b.Due(now, pending, flush)
			want := !b.Empty() && (full || pending == 0 && (flush || old))
			// A first record from the future arrived when it was read.
			if due != want && !(first.After(now.Add(-maxAge)) && !flush && !full) {
				t.Fatalf("due is %v, want %v: %d bytes, age %s, pending %d, flush %v", due, want, bytes, now.Sub(first), pending, flush)
			}
			if due {
				seen := b.Take()
				if seen.Bytes != bytes || !seen.Oldest.Equal(first) {
					t.Fatalf("took %+v, want %d bytes since %s", seen, bytes, first)
				}
				cut, bytes = cut+seen.Records, 0
			}
		}
		if left := b.Take(); cut+left.Records != added {
			t.Fatalf("%d records were added, %d cut and %d left", added, cut, left.Records)
		}
	})
}
