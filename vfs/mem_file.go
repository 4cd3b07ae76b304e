package vfs

import (
	"io"
	"io/fs"
	"slices"
	"syscall"
)

// memPage is the unit in which a crash keeps or loses unsynced bytes.
const memPage = 4096

type memFile struct {
	fs       *Mem
	node     *memNode
	name     string
	writable bool
	offset   int64 // of Read and Write; theirs alone
	closed   bool  // guarded by fs.mu
}

func (f *memFile) ReadAt(p []byte, off int64) (int, error) {
	f.fs.mu.Lock()
	defer f.fs.mu.Unlock()
	if f.closed {
		return 0, memError("read", f.name, fs.ErrClosed)
	}
	if off >= int64(len(f.node.data)) {
		return 0, io.EOF
	}
	n := copy(p, f.node.data[off:])
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

func (f *memFile) WriteAt(p []byte, off int64) (int, error) {
	f.fs.mu.Lock()
	defer f.fs.mu.Unlock()
	switch {
	case f.closed:
		return 0, memError("write", f.name, fs.ErrClosed)
	case !f.writable:
		return 0, memError("write", f.name, fs.ErrPermission)
	}
	return f.fs.writeLocked(f.node, f.name, p, off)
}

func (f *memFile) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	n, err := f.ReadAt(p, f.offset)
	f.offset += int64(n)
	if n > 0 && err == io.EOF {
		err = nil
	}
	return n, err
}

func (f *memFile) Write(p []byte) (int, error) {
	n, err := f.WriteAt(p, f.offset)
	f.offset += int64(n)
	return n, err
}

func (f *memFile) Size() (int64, error) {
	f.fs.mu.Lock()
	defer f.fs.mu.Unlock()
	if f.closed {
		return 0, memError("stat", f.name, fs.ErrClosed)
	}
	return int64(len(f.node.data)), nil
}

func (f *memFile) Truncate(size int64) error {
	f.fs.mu.Lock()
	defer f.fs.mu.Unlock()
	switch {
	case f.closed:
		return memError("truncate", f.name, fs.ErrClosed)
	case !f.writable || size < 0:
		return memError("truncate", f.name, fs.ErrInvalid)
	}
	f.fs.truncateLocked(f.node, size)
	return nil
}

func (f *memFile) Sync() error {
	f.fs.mu.Lock()
	defer f.fs.mu.Unlock()
	if f.closed {
		return memError("sync", f.name, fs.ErrClosed)
	}
	for page := range f.node.old {
		if !f.node.stuck[page] {
			delete(f.node.old, page)
		}
	}
	f.node.syncedSize = int64(len(f.node.data))
	return nil
}

// failSync does to a file what a failed sync may do: its unsynced bytes stay
// readable, but count as written, so that no later sync writes them; only
// writing them again does.
func (f *memFile) failSync() {
	f.fs.mu.Lock()
	defer f.fs.mu.Unlock()
	n := f.node
	for page := n.syncedSize / memPage; page*memPage < int64(len(n.data)); page++ {
		if _, ok := n.old[page]; !ok {
			n.old[page] = slices.Clone(n.data[min(page*memPage, n.syncedSize):n.syncedSize])
		}
	}
	for page := range n.old {
		n.stuck[page] = true
	}
}

func (f *memFile) Close() error {
	f.fs.mu.Lock()
	defer f.fs.mu.Unlock()
	if f.closed {
		return memError("close", f.name, fs.ErrClosed)
	}
	f.closed = true
	return nil
}

// writeLocked writes what fits under the limit.
func (m *Mem) writeLocked(node *memNode, name string, p []byte, off int64) (int, error) {
	var full error
	if end := off + int64(len(p)); m.limit > 0 && end > int64(len(node.data)) {
		if room := m.limit - m.used + int64(len(node.data)) - off; room < int64(len(p)) {
			p = p[:max(room, 0)]
			full = memError("write", name, syscall.ENOSPC)
		}
	}
	if len(p) == 0 {
		return 0, full
	}
	end := off + int64(len(p))
	for page := off / memPage; page <= (end-1)/memPage; page++ {
		node.keepOld(page)
		delete(node.stuck, page)
	}
	if grow := end - int64(len(node.data)); grow > 0 {
		node.data = slices.Grow(node.data, int(grow))[:end]
		m.used += grow
		// Grow's memory may hold what a truncation cut off.
		if gap := end - grow; gap < off {
			clear(node.data[gap:off])
		}
	}
	copy(node.data[off:], p)
	return len(p), full
}

func (m *Mem) truncateLocked(node *memNode, size int64) {
	length := int64(len(node.data))
	for page := min(size, length) / memPage; page*memPage < max(size, length); page++ {
		node.keepOld(page)
	}
	m.used += size - length
	if size <= length {
		node.data = node.data[:size]
		return
	}
	node.data = slices.Grow(node.data, int(size-length))[:size]
	clear(node.data[length:])
}

// keepOld saves a page as the last Sync left it, before its first change.
func (n *memNode) keepOld(page int64) {
	if _, ok := n.old[page]; ok || page*memPage >= n.syncedSize {
		return
	}
	n.old[page] = slices.Clone(n.data[page*memPage : min((page+1)*memPage, n.syncedSize)])
}
