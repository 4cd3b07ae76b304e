package shardlog

import (
	"errors"
	"fmt"
	"io"
	"sync"

	"leat/vfs"
)

// readBytes is how much a sequential reader asks the disk for at a time.
const readBytes = 1 << 20

// readBuffers are shared by all readers, so that one that waits holds none.
var readBuffers = sync.Pool{New: func() any { b := make([]byte, readBytes); return &b }}

// A badFrame says that no good commit is at an offset of a segment.
type badFrame struct {
	offset int64
	cause  error
}

func (b *badFrame) Error() string { return fmt.Sprintf("commit at byte %d: %v", b.offset, b.cause) }
func (b *badFrame) Unwrap() error { return b.cause }

// A window reads a segment's commits one after the other, a big block at a
// time. Heads are checked, bodies are left to the caller.
type window struct {
	file  vfs.File
	salt  uint64
	at    int64  // offset of the next commit
	limit int64  // offset after the last one that may be read
	next  uint64 // ordinal that the next commit must start with

	buf  *[]byte // pooled; nil: none
	base int64   // file offset of (*buf)[0]
	have int     // bytes of buf that are filled
}

// commit returns the next commit when the window holds all of it; ok is false
// when fill must be called first, or at the limit.
func (w *window) commit() (h frameHead, body []byte, ok bool, err error) {
	if w.buf == nil || w.at >= w.limit || w.at < w.base || w.at > w.base+int64(w.have) {
		return h, nil, false, nil
	}
	b := (*w.buf)[w.at-w.base : w.have]
	h, need, err := decodeHead(b, w.salt)
	if err == nil && need <= int64(len(b)) {
		need = h.length()
		err = w.check(&h)
	}
	if err == nil && w.at+need > w.limit {
		err = fmt.Errorf("commit is cut short")
	}
	if err != nil {
		return h, nil, false, &badFrame{w.at, err}
	}
	if need > int64(len(b)) {
		return h, nil, false, nil
	}
	w.at += h.length()
	w.next = h.end()
	return h, b[h.headLen():h.length()], true, nil
}

// check looks at what a right checksum does not vouch for: that the commit
// belongs here.
func (w *window) check(h *frameHead) error {
	switch {
	case h.first != w.next:
		return fmt.Errorf("commit starts with record %d, want %d", h.first, w.next)
	case h.durable > w.at:
		return fmt.Errorf("commit follows bytes that are not there")
	}
	return nil
}

// fill reads on, so that commit returns at least one more, or its error. It
// overwrites what commit returned before. The error is the disk's.
func (w *window) fill() error {
	var rest []byte // the start of a commit that the buffer holds
	size := int64(readBytes)
	if w.buf != nil && w.at >= w.base && w.at < w.base+int64(w.have) {
		rest = (*w.buf)[w.at-w.base : w.have]
		h, need, err := decodeHead(rest, w.salt)
		if err == nil && need <= int64(len(rest)) {
			need = h.length()
		}
		size = max(size, need)
	}
	size = min(size, w.limit-w.at)
	if w.buf == nil {
		w.buf = readBuffers.Get().(*[]byte)
	}
	if int64(len(*w.buf)) < size {
		// Rounded up, as the next large commit has not quite the same length.
		b := make([]byte, (size+readBytes-1)/readBytes*readBytes)
		copy(b, rest)
		w.release()
		w.buf = &b
	} else {
		copy(*w.buf, rest)
	}
	n, err := w.file.ReadAt((*w.buf)[len(rest):size], w.at+int64(len(rest)))
	w.base, w.have = w.at, len(rest)+n
	if int64(w.have) == size {
		return nil
	}
	if errors.Is(err, io.EOF) {
		// Shorter than it was said to be: commit will find the last one cut.
		w.limit = w.at + int64(w.have)
		if w.have == 0 {
			return &badFrame{w.at, io.ErrUnexpectedEOF}
		}
		return nil
	}
	return err
}

// advance returns the next commit, reading as needed; ok is false at the limit.
// The body is valid until the next call.
func (w *window) advance() (h frameHead, body []byte, ok bool, err error) {
	for {
		h, body, ok, err = w.commit()
		if ok || err != nil || w.at >= w.limit {
			return h, body, ok, err
		}
		if err := w.fill(); err != nil {
			return h, nil, false, err
		}
	}
}

// release gives the buffer back.
func (w *window) release() {
	if w.buf != nil && len(*w.buf) <= keepFrameBytes {
		readBuffers.Put(w.buf)
	}
	w.buf, w.have = nil, 0
}
