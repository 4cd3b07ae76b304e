package shardlog

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"leat/vfs"
)

// scan extends an index over the commits of a segment up to size, checking
// every byte, and returns where the last of them starts, 0 when there is none.
// A *badFrame tells where it found something else than a commit. each, when it
// is not nil, is called with every commit and its offset.
func scan(f vfs.File, x *index, salt uint64, size int64, each func(h *frameHead, offset int64)) (last int64, err error) {
	w := window{file: f, salt: salt, at: x.end, limit: size, next: x.next}
	defer w.release()
	for {
		offset := w.at
		h, body, ok, err := w.advance()
		if err != nil || !ok {
			return last, err
		}
		if h.arrival < x.arrival {
			return last, &badFrame{offset, fmt.Errorf("commit arrived before the one in front of it")}
		}
		if err := h.checkBody(body); err != nil {
			return last, &badFrame{offset, err}
		}
		x.add(&h)
		last = offset
		if each != nil {
			each(&h, offset)
		}
	}
}

// laterCommit looks behind a bad place of a segment for a commit that was
// written when the bytes at the bad place were durable. If there is one, the
// bad place was good once, and is damage. If there is none, the bytes from
// there on were never acknowledged: a torn tail.
func laterCommit(f vfs.File, salt uint64, bad int64, next uint64, size int64) (offset int64, found bool, err error) {
	var mark [8]byte
	binary.LittleEndian.PutUint64(mark[:], salt)
	buf := make([]byte, min(readBytes, size-bad))
	for at := bad + 1; at < size; {
		n, err := f.ReadAt(buf[:min(int64(len(buf)), size-at)], at)
		if err != nil && !errors.Is(err, io.EOF) {
			return 0, false, err
		}
		if n < len(mark) {
			return 0, false, nil
		}
		for from := 0; ; {
			i := bytes.Index(buf[from:n], mark[:])
			if i < 0 {
				break
			}
			from += i
			ok, err := isLaterCommit(f, salt, at+int64(from), bad, next, size)
			if err != nil || ok {
				return at + int64(from), ok, err
			}
			from++
		}
		at += int64(n - len(mark) + 1)
	}
	return 0, false, nil
}

func isLaterCommit(f vfs.File, salt uint64, offset, bad int64, next uint64, size int64) (bool, error) {
	b := make([]byte, min(4096, size-offset))
	for {
		n, err := f.ReadAt(b, offset)
		if err != nil && !errors.Is(err, io.EOF) {
			return false, err
		}
		h, need, err := decodeHead(b[:n], salt)
		switch {
		case err != nil || need > size-offset || n < len(b):
			return false, nil
		case need <= int64(n):
			return h.durable > bad && h.first > next, nil
		}
		b = make([]byte, need)
	}
}
