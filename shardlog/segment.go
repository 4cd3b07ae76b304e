package shardlog

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"leat/vfs"
)

// A segment is one file of a stream's log: this header, then commits.
//
//	 0  magic    8   "LEATLOG1"; the digit is the format
//	 8  salt     8   random; every commit of the segment starts with it
//	16  first    8   ordinal of the segment's first record
//	24  floor    8   arrival time of the newest record before it, in ms
//	32  created  8   of the stream's sequence numbers
//	40  zeros   20
//	60  CRC-32C  4   of bytes 0 … 60
//
// The file is named by first, 20 digits, so names sort as records do.
const (
	segmentMagic     = "LEATLOG1"
	segmentHeadBytes = 64
	segmentSuffix    = ".log"
	indexSuffix      = ".index"
)

type segmentHead struct {
	salt    uint64
	first   uint64
	floor   int64
	created uint64
}

func (h segmentHead) encode() []byte {
	b := make([]byte, segmentHeadBytes)
	copy(b, segmentMagic)
	binary.LittleEndian.PutUint64(b[8:], h.salt)
	binary.LittleEndian.PutUint64(b[16:], h.first)
	binary.LittleEndian.PutUint64(b[24:], uint64(h.floor))
	binary.LittleEndian.PutUint64(b[32:], h.created)
	binary.LittleEndian.PutUint32(b[60:], checksum(b[:60]))
	return b
}

func decodeSegmentHead(b []byte) (segmentHead, error) {
	switch {
	case len(b) < segmentHeadBytes:
		return segmentHead{}, fmt.Errorf("segment's header is cut short")
	case string(b[:7]) != segmentMagic[:7]:
		return segmentHead{}, fmt.Errorf("not a segment")
	case checksum(b[:60]) != binary.LittleEndian.Uint32(b[60:]):
		return segmentHead{}, fmt.Errorf("checksum of segment's header differs")
	case b[7] != segmentMagic[7]:
		return segmentHead{}, fmt.Errorf("segment has format %q, this version reads 1", b[7])
	}
	return segmentHead{
		salt:    binary.LittleEndian.Uint64(b[8:]),
		first:   binary.LittleEndian.Uint64(b[16:]),
		floor:   int64(binary.LittleEndian.Uint64(b[24:])),
		created: binary.LittleEndian.Uint64(b[32:]),
	}, nil
}

// A segment is a file of the log that is known to exist. Only its first ordinal
// is known from the start, the rest is read when it is needed.
type segment struct {
	fs    vfs.FS
	dir   string
	first uint64

	headRead atomic.Pointer[segmentHead]

	mu    sync.RWMutex // guards index and what it points to
	index *index       // nil: not loaded
}

func newSegment(fsys vfs.FS, dir string, first uint64) *segment {
	return &segment{fs: fsys, dir: dir, first: first}
}

func segmentName(first uint64) string { return fmt.Sprintf("%020d", first) }

func (s *segment) path() string      { return filepath.Join(s.dir, segmentName(s.first)+segmentSuffix) }
func (s *segment) indexPath() string { return filepath.Join(s.dir, segmentName(s.first)+indexSuffix) }

// parseSegmentName returns the first ordinal that a file's name carries.
func parseSegmentName(name string) (first uint64, ok bool) {
	digits, ok := strings.CutSuffix(name, segmentSuffix)
	if !ok || len(digits) != 20 {
		return 0, false
	}
	first, err := strconv.ParseUint(digits, 10, 64)
	return first, err == nil
}

// head returns the segment's header, which is read once.
func (s *segment) head() (segmentHead, error) {
	if h := s.headRead.Load(); h != nil {
		return *h, nil
	}
	f, err := s.fs.Open(s.path())
	if err != nil {
		return segmentHead{}, err
	}
	defer f.Close()
	return s.headOf(f)
}

// headOf is head for those who have the file open.
func (s *segment) headOf(f vfs.File) (segmentHead, error) {
	if h := s.headRead.Load(); h != nil {
		return *h, nil
	}
	b := make([]byte, segmentHeadBytes)
	n, err := f.ReadAt(b, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return segmentHead{}, err
	}
	h, err := decodeSegmentHead(b[:n])
	if err == nil && h.first != s.first {
		err = fmt.Errorf("segment starts at record %d, its name says %d", h.first, s.first)
	}
	if err != nil {
		return segmentHead{}, corrupt(s.path(), 0, err)
	}
	s.headRead.Store(&h)
	return h, nil
}

// createSegment makes a segment's file, durable with its name, and leaves it
// open for writing. When it fails it tries to leave nothing behind.
func createSegment(fsys vfs.FS, dir string, head segmentHead) (*segment, vfs.File, error) {
	seg := newSegment(fsys, dir, head.first)
	f, err := fsys.OpenFile(seg.path(), os.O_RDWR|os.O_CREATE|os.O_TRUNC)
	if err != nil {
		return nil, nil, err
	}
	_, err = f.WriteAt(head.encode(), 0)
	if err == nil {
		err = f.Sync()
	}
	if err == nil {
		err = fsys.SyncDir(dir)
	}
	if err != nil {
		// The first error is the one to report; recovery removes a left-over.
		_ = f.Close()
		_ = fsys.Remove(seg.path())
		return nil, nil, err
	}
	seg.headRead.Store(&head)
	return seg, f, nil
}
