package shardlog

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"leat/vfs"
)

// An index file, little-endian:
//
//	 0  magic    8   "LEATIDX1"
//	 8  salt     8   the segment's
//	16  end      8   the index covers the segment up to here
//	24  next     8   ordinal after the last record covered
//	32  arrival  8   of the last commit covered
//	40  blocks   4
//	44  shards   4
//	48  CRC-32C  4   of the rest of the file, from byte 56
//	52  CRC-32C  4   of bytes 0 … 52
//	56  blocks × 24: offset 8, first ordinal 8, arrival 8
//	    shards:      number 4, runs 4, runs × (from 4, to 4); numbers ascend
//
// It is a help, never the truth: one that is missing, torn or of another
// segment is made again. But it is only written after what it covers was
// durable, so a segment that is bad before end is damaged and not torn.
const (
	indexMagic     = "LEATIDX1"
	indexHeadBytes = 56
)

func (x *index) encode(salt uint64) []byte {
	b := make([]byte, indexHeadBytes, indexHeadBytes+int(x.bytes()))
	for _, block := range x.blocks {
		b = binary.LittleEndian.AppendUint64(b, uint64(block.offset))
		b = binary.LittleEndian.AppendUint64(b, block.first)
		b = binary.LittleEndian.AppendUint64(b, uint64(block.arrival))
	}
	shards := make([]uint32, 0, len(x.shards))
	for shard := range x.shards {
		shards = append(shards, shard)
	}
	slices.Sort(shards)
	for _, shard := range shards {
		runs := x.shards[shard]
		b = binary.LittleEndian.AppendUint32(b, shard)
		b = binary.LittleEndian.AppendUint32(b, uint32(len(runs)))
		for _, run := range runs {
			b = binary.LittleEndian.AppendUint32(b, run.from)
			b = binary.LittleEndian.AppendUint32(b, run.to)
		}
	}
	copy(b, indexMagic)
	binary.LittleEndian.PutUint64(b[8:], salt)
	binary.LittleEndian.PutUint64(b[16:], uint64(x.end))
	binary.LittleEndian.PutUint64(b[24:], x.next)
	binary.LittleEndian.PutUint64(b[32:], uint64(x.arrival))
	binary.LittleEndian.PutUint32(b[40:], uint32(len(x.blocks)))
	binary.LittleEndian.PutUint32(b[44:], uint32(len(shards)))
	binary.LittleEndian.PutUint32(b[48:], checksum(b[indexHeadBytes:]))
	binary.LittleEndian.PutUint32(b[52:], checksum(b[:52]))
	return b
}

// decodeIndexHead reads what the file says of the segment, without blocks and
// shards.
func decodeIndexHead(b []byte, salt uint64) (*index, error) {
	switch {
	case len(b) < indexHeadBytes || string(b[:8]) != indexMagic || checksum(b[:52]) != binary.LittleEndian.Uint32(b[52:]):
		return nil, fmt.Errorf("not an index")
	case binary.LittleEndian.Uint64(b[8:]) != salt:
		return nil, fmt.Errorf("index is of another segment")
	}
	return &index{
		end:     int64(binary.LittleEndian.Uint64(b[16:])),
		next:    binary.LittleEndian.Uint64(b[24:]),
		arrival: int64(binary.LittleEndian.Uint64(b[32:])),
	}, nil
}

func decodeIndex(b []byte, salt uint64) (*index, error) {
	x, err := decodeIndexHead(b, salt)
	if err != nil {
		return nil, err
	}
	if checksum(b[indexHeadBytes:]) != binary.LittleEndian.Uint32(b[48:]) {
		return nil, fmt.Errorf("checksum of index differs")
	}
	blocks, shards := binary.LittleEndian.Uint32(b[40:]), binary.LittleEndian.Uint32(b[44:])
	rest := b[indexHeadBytes:]
	short := fmt.Errorf("index is cut short")
	if uint64(len(rest)) < uint64(blocks)*24 {
		return nil, short
	}
	x.blocks = make([]block, blocks)
	for i := range x.blocks {
		x.blocks[i] = block{
			offset:  int64(binary.LittleEndian.Uint64(rest)),
			first:   binary.LittleEndian.Uint64(rest[8:]),
			arrival: int64(binary.LittleEndian.Uint64(rest[16:])),
		}
		rest = rest[24:]
	}
	if uint64(len(rest)) < uint64(shards)*8 {
		return nil, short
	}
	x.shards = make(map[uint32][]blockRun, shards)
	for range shards {
		if len(rest) < 8 {
			return nil, short
		}
		shard, count := binary.LittleEndian.Uint32(rest), binary.LittleEndian.Uint32(rest[4:])
		rest = rest[8:]
		if uint64(len(rest)) < uint64(count)*8 {
			return nil, short
		}
		runs := make([]blockRun, count)
		for i := range runs {
			runs[i] = blockRun{binary.LittleEndian.Uint32(rest), binary.LittleEndian.Uint32(rest[4:])}
			if runs[i].to >= blocks {
				return nil, fmt.Errorf("index names a block it does not have")
			}
			rest = rest[8:]
		}
		x.shards[shard] = runs
	}
	return x, nil
}

// writeIndex stores the index of a segment. What it covers must be durable.
func (s *segment) writeIndex(x *index, salt uint64) error {
	return vfs.WriteFile(s.fs, s.indexPath(), x.encode(salt))
}

// readIndexHead returns what the index file covers, nil when there is no good
// one. The result has no blocks or shards.
func (s *segment) readIndexHead(salt uint64) *index {
	f, err := s.fs.Open(s.indexPath())
	if err != nil {
		return nil
	}
	defer f.Close()
	b := make([]byte, indexHeadBytes)
	if _, err := f.ReadAt(b, 0); err != nil {
		return nil
	}
	x, err := decodeIndexHead(b, salt)
	if err != nil {
		return nil
	}
	return x
}

// readIndex returns the stored index, nil when there is no good one.
func (s *segment) readIndex(salt uint64) (*index, error) {
	b, err := vfs.ReadFile(s.fs, s.indexPath())
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return nil, nil
		}
		return nil, err
	}
	x, err := decodeIndex(b, salt)
	if err != nil {
		return nil, nil // damaged: as good as none
	}
	return x, nil
}
