package lake

import (
	"bufio"
	"errors"
	"os"
	"time"

	"leat"
	"leat/rowfile"
)

// failureFiles writes the records that failed, one file for each kind.
type failureFiles struct {
	writer *Writer
	at     time.Time
	files  []failureFile
	line   []byte
}

type failureFile struct {
	Failures
	file *os.File
	out  *bufio.Writer
}

func (f *failureFiles) add(record leat.Record, v verdict) error {
	file, err := f.file(v.kind)
	if err != nil {
		return err
	}
	f.line = rowfile.AppendFailure(f.line[:0], v.kind, rowfile.Failure{Record: record, Code: v.code, Message: v.message, At: f.at})
	file.Records++
	_, err = file.out.Write(f.line)
	return err
}

func (f *failureFiles) file(kind string) (*failureFile, error) {
	for i := range f.files {
		if f.files[i].Kind == kind {
			return &f.files[i], nil
		}
	}
	file, err := os.Create(f.writer.path(kind + ".json"))
	if err != nil {
		return nil, err
	}
	f.files = append(f.files, failureFile{Failures: Failures{Kind: kind, Path: file.Name()}, file: file, out: bufio.NewWriter(file)})
	return &f.files[len(f.files)-1], nil
}

// finish writes what is buffered.
func (f *failureFiles) finish() ([]Failures, error) {
	var all []Failures
	for i := range f.files {
		if err := f.files[i].out.Flush(); err != nil {
			return nil, err
		}
		all = append(all, f.files[i].Failures)
	}
	return all, nil
}

func (f *failureFiles) close() error {
	var errs []error
	for i := range f.files {
		errs = append(errs, f.files[i].file.Close())
	}
	return errors.Join(errs...)
}
