package fuzz

import (
	"compress/gzip"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"leat/server"
)

// checkArchive looks for every record in the objects of the archive, byte for
// byte: for its lines, since a line ends each record, and documents have lines of
// their own.
func (c *campaign) checkArchive() error {
	there := map[string]int{}
	err := eachFile(filepath.Join(server.Folder(c.server.Data()).Buckets(), bucket, "archive"), func(path string) error {
		file, err := os.Open(path)
		if err != nil {
			return err
		}
		defer file.Close()
		in, err := gzip.NewReader(file)
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		text, err := io.ReadAll(in)
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		rest, ended := strings.CutSuffix(string(text), "\n")
		if !ended {
			return fmt.Errorf("%s does not end with a line's end", path)
		}
		for line := range strings.SplitSeq(rest, "\n") {
			there[line]++
		}
		return nil
	})
	if err != nil {
		return err
	}
	c.put.mu.Lock()
	defer c.put.mu.Unlock()
	for key := range c.put.sent {
		for line := range strings.SplitSeq(string(c.put.of(key)), "\n") {
			there[line]--
		}
	}
	unsure := map[string]int{}
	for key := range c.put.unsure {
		for line := range strings.SplitSeq(string(c.put.of(key)), "\n") {
			unsure[line]++
		}
	}
	for line, n := range there {
		if n < 0 || n > unsure[line] {
			c.find(finding{Kind: "archive", Alike: "archive", What: fmt.Sprintf("a line is there %+d times more than it was put", n), Want: "as often", Record: line})
		}
	}
	return nil
}
