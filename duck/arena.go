package duck

/*
#include <stdlib.h>
*/
import "C"

import "unsafe"

// blockBytes is the size of an arena's blocks; what is longer gets a block of
// its own.
const blockBytes = 1 << 20

// An arena hands out pieces of C memory that are all given up together.
type arena struct {
	blocks [][]byte // in C memory
	using  int      // index of the block that pieces are cut from
	used   int      // bytes used of that block
}

// copy copies text into the arena and returns where it lies.
func (a *arena) copy(text []byte) *C.char {
	for a.using < len(a.blocks) && len(a.blocks[a.using])-a.used < len(text) {
		a.using++
		a.used = 0
	}
	if a.using == len(a.blocks) {
		size := max(blockBytes, len(text))
		a.blocks = append(a.blocks, unsafe.Slice((*byte)(C.malloc(C.size_t(size))), size))
		a.used = 0
	}
	block := a.blocks[a.using]
	at := unsafe.Pointer(&block[0])
	if len(text) > 0 {
		at = unsafe.Pointer(&block[a.used])
		copy(block[a.used:], text)
		a.used += len(text)
	}
	return (*C.char)(at)
}

// held returns the bytes of the blocks that have pieces in them.
func (a *arena) held() int {
	held := a.used
	for _, block := range a.blocks[:min(a.using, len(a.blocks))] {
		held += len(block)
	}
	return held
}

// reset gives up all pieces and keeps the blocks.
func (a *arena) reset() { a.using, a.used = 0, 0 }

// trim frees blocks until at most keepBytes are held; no piece may be in use.
func (a *arena) trim(keepBytes int) {
	a.reset()
	held := 0
	kept := a.blocks[:0]
	for _, block := range a.blocks {
		if held+len(block) <= keepBytes {
			held += len(block)
			kept = append(kept, block)
			continue
		}
		C.free(unsafe.Pointer(unsafe.SliceData(block)))
	}
	clear(a.blocks[len(kept):])
	a.blocks = kept
}
