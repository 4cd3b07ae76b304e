package metastore

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"leat"
)

// The write-ahead log of SQLite, https://www.sqlite.org/fileformat2.html#walformat:
//
//	header, 32 bytes: magic · version · page size · checkpoint · salt ×2 · checksum ×2
//	frame, 24 bytes:  page · pages of the database, at a commit · salt ×2 · checksum ×2
//	                  then the page
//
// Checksums go on from frame to frame. SQLite takes a frame whose checksum is
// wrong for the torn end of the log, and drops what follows without a word.
const (
	walHeaderBytes = 32
	walFrameBytes  = 24
	walMagic       = 0x377f0682
)

// CheckLog checks the write-ahead log of a store that nobody has open. A wrong
// checksum before a later transaction's end is damage: an Error with code
// Corrupt. In the last transaction it may be what a crash has left.
func CheckLog(path string) error {
	log, err := os.ReadFile(path + "-wal")
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil || len(log) < walHeaderBytes {
		return err
	}
	damaged := func(at int) error {
		return &leat.Error{
			Code: leat.Corrupt, Message: fmt.Sprintf("%s-wal is damaged at %d, and what was written after that would be dropped", path, at),
			Hint: "restore the file from a copy",
		}
	}
	word := binary.BigEndian.Uint32
	sum := walSum{order: binary.LittleEndian}
	if word(log)&1 == 1 {
		sum.order = binary.BigEndian
	}
	sum.add(log[:24])
	if word(log)&^1 != walMagic || sum.a != word(log[24:]) || sum.b != word(log[28:]) {
		return damaged(0)
	}
	frame := walFrameBytes + int(word(log[8:]))
	wrong, ended := -1, false // the first wrong frame, and whether its transaction has ended since
	for at := walHeaderBytes; at+frame <= len(log); at += frame {
		f := log[at : at+frame]
		if string(f[8:16]) != string(log[16:24]) {
			break // of an earlier round through the file
		}
		if ended {
			return damaged(wrong)
		}
		if wrong < 0 {
			sum.add(f[:8])
			sum.add(f[walFrameBytes:])
			if sum.a != word(f[16:]) || sum.b != word(f[20:]) {
				wrong = at
			}
		}
		ended = wrong >= 0 && word(f[4:]) != 0
	}
	return nil
}

// A walSum is SQLite's checksum of a log.
type walSum struct {
	order binary.ByteOrder
	a, b  uint32
}

func (s *walSum) add(bytes []byte) {
	for ; len(bytes) >= 8; bytes = bytes[8:] {
		s.a += s.order.Uint32(bytes) + s.b
		s.b += s.order.Uint32(bytes[4:]) + s.a
	}
}
