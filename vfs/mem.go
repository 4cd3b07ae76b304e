package vfs

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"
)

// Mem is a file system in memory that remembers what was synced, so that
// CrashClone can make a crash of it. The zero value is not usable; see NewMem.
type Mem struct {
	mu     sync.Mutex // guards everything reachable from root, and the fields below
	root   *memNode
	locked map[string]bool
	// pending are the changes of folders no SyncDir has covered, oldest first.
	pending []memChange
	used    int64
	limit   int64
}

// memNode is a file or a folder.
type memNode struct {
	names  map[string]*memNode // nil for a file
	synced map[string]*memNode // names as a crash would surely leave them

	data       []byte
	syncedSize int64
	// old keeps, for pages written since the last Sync, what Sync left there.
	old map[int64][]byte
	// stuck are pages of old that only another write can make durable, since a
	// Sync of them failed.
	stuck map[int64]bool
}

// A memChange is one change of folders that a crash keeps or loses whole.
type memChange []memEntry

// A memEntry sets a name in a folder; a nil node removes it.
type memEntry struct {
	dir  *memNode
	name string
	node *memNode
}

// NewMem returns an empty file system.
func NewMem() *Mem {
	return &Mem{root: newMemDir(), locked: map[string]bool{}}
}

func newMemFile() *memNode {
	return &memNode{old: map[int64][]byte{}, stuck: map[int64]bool{}}
}

func newMemDir() *memNode {
	return &memNode{names: map[string]*memNode{}, synced: map[string]*memNode{}}
}

// SetLimit makes writes fail with ENOSPC where all files together would grow
// above a size in bytes; 0 means no limit.
func (m *Mem) SetLimit(bytes int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.limit = bytes
}

func memParts(name string) []string {
	clean := strings.Trim(filepath.ToSlash(filepath.Clean(name)), "/")
	if clean == "" || clean == "." {
		return nil
	}
	return strings.Split(clean, "/")
}

func memError(op, name string, err error) error {
	return &fs.PathError{Op: op, Path: name, Err: err}
}

// lookupLocked returns a name's node, nil when there is none.
func (m *Mem) lookupLocked(name string) *memNode {
	node := m.root
	for _, part := range memParts(name) {
		if node = node.names[part]; node == nil {
			return nil
		}
	}
	return node
}

// parentLocked returns the folder a name is in and the name's last part.
func (m *Mem) parentLocked(op, name string) (*memNode, string, error) {
	parts := memParts(name)
	if len(parts) == 0 {
		return nil, "", memError(op, name, fs.ErrInvalid)
	}
	node := m.root
	for _, part := range parts[:len(parts)-1] {
		if node = node.names[part]; node == nil {
			return nil, "", memError(op, name, fs.ErrNotExist)
		}
	}
	if node.names == nil {
		return nil, "", memError(op, name, syscall.ENOTDIR)
	}
	return node, parts[len(parts)-1], nil
}

// changeLocked applies a change of folders that a crash may lose.
func (m *Mem) changeLocked(entries ...memEntry) {
	for _, e := range entries {
		if e.node == nil {
			delete(e.dir.names, e.name)
		} else {
			e.dir.names[e.name] = e.node
		}
	}
	m.pending = append(m.pending, entries)
}

// Create makes or empties a file.
func (m *Mem) Create(name string) (File, error) {
	return m.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_TRUNC)
}

// Open opens a file for reading.
func (m *Mem) Open(name string) (File, error) { return m.OpenFile(name, os.O_RDONLY) }

// OpenFile opens a file.
func (m *Mem) OpenFile(name string, flag int) (File, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	dir, last, err := m.parentLocked("open", name)
	if err != nil {
		return nil, err
	}
	node := dir.names[last]
	switch {
	case node == nil && flag&os.O_CREATE == 0:
		return nil, memError("open", name, fs.ErrNotExist)
	case node == nil:
		node = newMemFile()
		m.changeLocked(memEntry{dir, last, node})
	case flag&os.O_CREATE != 0 && flag&os.O_EXCL != 0:
		return nil, memError("open", name, fs.ErrExist)
	case node.names != nil:
		return nil, memError("open", name, syscall.EISDIR)
	}
	if flag&os.O_TRUNC != 0 {
		m.truncateLocked(node, 0)
	}
	return &memFile{fs: m, node: node, name: name, writable: flag&(os.O_RDWR|os.O_WRONLY) != 0}, nil
}

// Rename moves a file or folder.
func (m *Mem) Rename(from, to string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	fromDir, fromName, err := m.parentLocked("rename", from)
	if err != nil {
		return err
	}
	toDir, toName, err := m.parentLocked("rename", to)
	if err != nil {
		return err
	}
	node, over := fromDir.names[fromName], toDir.names[toName]
	switch {
	case node == nil:
		return memError("rename", from, fs.ErrNotExist)
	case node == over:
		return nil
	case over != nil && (over.names != nil) != (node.names != nil):
		return memError("rename", to, fs.ErrExist)
	case over != nil && len(over.names) > 0:
		return memError("rename", to, syscall.ENOTEMPTY)
	}
	if over != nil {
		m.used -= int64(len(over.data))
	}
	m.changeLocked(memEntry{fromDir, fromName, nil}, memEntry{toDir, toName, node})
	return nil
}

// Remove removes a file or an empty folder.
func (m *Mem) Remove(name string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	dir, last, err := m.parentLocked("remove", name)
	if err != nil {
		return err
	}
	node := dir.names[last]
	if node == nil {
		return memError("remove", name, fs.ErrNotExist)
	}
	if len(node.names) > 0 {
		return memError("remove", name, syscall.ENOTEMPTY)
	}
	m.used -= int64(len(node.data))
	m.changeLocked(memEntry{dir, last, nil})
	return nil
}

// RemoveAll removes a name and all below it, one name at a time, so that a
// crash may leave some of them.
func (m *Mem) RemoveAll(name string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	dir, last, err := m.parentLocked("removeall", name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	m.removeAllLocked(dir, last)
	return nil
}

func (m *Mem) removeAllLocked(dir *memNode, name string) {
	node := dir.names[name]
	if node == nil {
		return
	}
	for _, child := range sortedNames(node.names) {
		m.removeAllLocked(node, child)
	}
	m.used -= int64(len(node.data))
	m.changeLocked(memEntry{dir, name, nil})
}

// MkdirAll makes a folder and its parents.
func (m *Mem) MkdirAll(name string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	node := m.root
	for _, part := range memParts(name) {
		next := node.names[part]
		if next == nil {
			next = newMemDir()
			m.changeLocked(memEntry{node, part, next})
		}
		if next.names == nil {
			return memError("mkdir", name, syscall.ENOTDIR)
		}
		node = next
	}
	return nil
}

// ReadDir lists a folder.
func (m *Mem) ReadDir(name string) ([]fs.DirEntry, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	node := m.lookupLocked(name)
	if node == nil {
		return nil, memError("readdir", name, fs.ErrNotExist)
	}
	if node.names == nil {
		return nil, memError("readdir", name, syscall.ENOTDIR)
	}
	entries := []fs.DirEntry{}
	for _, child := range sortedNames(node.names) {
		entries = append(entries, fs.FileInfoToDirEntry(newMemInfo(child, node.names[child])))
	}
	return entries, nil
}

// Stat describes a file or folder.
func (m *Mem) Stat(name string) (fs.FileInfo, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	node := m.lookupLocked(name)
	if node == nil {
		return nil, memError("stat", name, fs.ErrNotExist)
	}
	return newMemInfo(filepath.Base(name), node), nil
}

// SyncDir makes a folder's names durable.
func (m *Mem) SyncDir(name string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	node := m.lookupLocked(name)
	if node == nil {
		return memError("syncdir", name, fs.ErrNotExist)
	}
	m.syncDirLocked(node)
	return nil
}

// Lock takes a name for one holder.
func (m *Mem) Lock(name string) (io.Closer, error) {
	f, err := m.OpenFile(name, os.O_RDWR|os.O_CREATE)
	if err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	key := strings.Join(memParts(name), "/")
	if m.locked[key] {
		return nil, &LockedError{Name: name, PID: os.Getpid()}
	}
	m.locked[key] = true
	return &memLock{File: f, fs: m, key: key}, nil
}

type memLock struct {
	File
	fs  *Mem
	key string
}

func (l *memLock) Close() error {
	l.fs.mu.Lock()
	delete(l.fs.locked, l.key)
	l.fs.mu.Unlock()
	return l.File.Close()
}

type memInfo struct {
	name string
	size int64
	dir  bool
}

func newMemInfo(name string, node *memNode) memInfo {
	return memInfo{name: name, size: int64(len(node.data)), dir: node.names != nil}
}

func (i memInfo) Name() string       { return i.name }
func (i memInfo) Size() int64        { return i.size }
func (i memInfo) IsDir() bool        { return i.dir }
func (i memInfo) ModTime() time.Time { return time.Time{} }
func (i memInfo) Sys() any           { return nil }
func (i memInfo) Mode() fs.FileMode {
	if i.dir {
		return fs.ModeDir | dirMode
	}
	return fileMode
}

func sortedNames(names map[string]*memNode) []string {
	sorted := make([]string, 0, len(names))
	for name := range names {
		sorted = append(sorted, name)
	}
	slices.Sort(sorted)
	return sorted
}
