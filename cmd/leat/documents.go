package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// maxDocument bounds one record read from a file: the largest that a stream
// can be made to take.
const maxDocument = 10 << 20

// readDocuments calls f with each record of a file. A file is one JSON
// document, however many lines it has, or lines of which each is one; which,
// the first line tells: a document of its own means lines. With lines set,
// every line is a record, whatever it holds.
//
// Each record is handed over as it came, without the line's end and without
// blank lines, in memory of its own.
func readDocuments(in io.Reader, lines bool, f func(document []byte) error) error {
	buffered := bufio.NewReaderSize(in, 1<<20)
	first, err := readLine(buffered)
	if err == io.EOF {
		return errors.New("it holds no record")
	}
	if err != nil {
		return err
	}
	if !lines && !json.Valid(first) {
		return readWhole(first, buffered, f)
	}
	for number := 1; err != io.EOF; number++ {
		if err := f(first); err != nil {
			return err
		}
		first, err = readLine(buffered)
		if err != nil && err != io.EOF {
			return err
		}
	}
	return nil
}

// readWhole reads a file that is one document of several lines.
func readWhole(first []byte, rest io.Reader, f func([]byte) error) error {
	document := append(first, '\n')
	more, err := io.ReadAll(io.LimitReader(rest, maxDocument+1))
	if err != nil {
		return err
	}
	document = bytes.TrimSpace(append(document, more...))
	if len(document) > maxDocument {
		return fmt.Errorf("its first line is not a JSON document, and as one document it has more than %d MiB", maxDocument>>20)
	}
	var value json.RawMessage
	if err := json.Unmarshal(document, &value); err != nil {
		return fmt.Errorf("it is neither one JSON document (%w) nor lines of them; with --lines every line is put as it is", err)
	}
	return f(document)
}

// readLine returns the next line that is not blank, without its end, in its own
// memory.
func readLine(in *bufio.Reader) ([]byte, error) {
	for {
		var line []byte
		for {
			part, err := in.ReadSlice('\n')
			line = append(line, part...)
			if len(line) > maxDocument {
				return nil, fmt.Errorf("it has a line of more than %d MiB", maxDocument>>20)
			}
			if err == bufio.ErrBufferFull {
				continue
			}
			if err != nil && err != io.EOF {
				return nil, err
			}
			line = bytes.TrimRight(line, "\r\n")
			if len(bytes.TrimSpace(line)) > 0 {
				return line, nil
			}
			if err == io.EOF {
				return nil, io.EOF
			}
			break
		}
	}
}
