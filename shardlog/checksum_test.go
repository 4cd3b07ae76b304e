package shardlog

import "encoding/binary"

// putHeadChecksum and putIndexChecksums make checksums right, for tests that
// want to get past them.
func putHeadChecksum(head []byte) {
	binary.LittleEndian.PutUint32(head[8:], checksum(head[12:]))
}

func putIndexChecksums(b []byte) {
	binary.LittleEndian.PutUint32(b[48:], checksum(b[indexHeadBytes:]))
	binary.LittleEndian.PutUint32(b[52:], checksum(b[:52]))
}
