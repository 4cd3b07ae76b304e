package vfs

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"sync"
)

// ErrInjected is the error that the deciders below make.
var ErrInjected = errors.New("injected fault")

// An Op is an operation that a Faulty file system is about to do.
type Op struct {
	// N counts operations from 1 in the order they were asked for.
	N int
	// Kind is one of open, read, write, truncate, sync, size, close, rename,
	// remove, removeall, mkdir, readdir, stat, syncdir, lock.
	Kind string
	Name string
}

// Writes reports whether the operation changes what is on the disk.
func (o Op) Writes() bool {
	switch o.Kind {
	case "read", "size", "close", "readdir", "stat", "lock":
		return false
	}
	return true
}

// Faulty is a file system whose operations fail when a test says so. A failing
// write writes the first half of its bytes. After a failing sync of a Mem's file
// no later sync makes its bytes durable, as on real systems; only writing them
// again does. Any other failing operation does nothing.
type Faulty struct {
	inner  FS
	decide func(Op) error

	mu    sync.Mutex // guards count, and makes decide's calls one at a time
	count int
}

// NewFaulty wraps a file system. decide is called before every operation, never
// twice at a time; its error is the operation's.
func NewFaulty(inner FS, decide func(Op) error) *Faulty {
	return &Faulty{inner: inner, decide: decide}
}

// FailFrom fails operation n and all after it, as a disk that is gone.
func FailFrom(n int) func(Op) error {
	return func(op Op) error {
		if op.N >= n {
			return ErrInjected
		}
		return nil
	}
}

// FailOnce fails operation n alone.
func FailOnce(n int) func(Op) error {
	return func(op Op) error {
		if op.N == n {
			return ErrInjected
		}
		return nil
	}
}

// Count returns how many operations were asked for.
func (f *Faulty) Count() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.count
}

func (f *Faulty) check(kind, name string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.count++
	if err := f.decide(Op{N: f.count, Kind: kind, Name: name}); err != nil {
		return &fs.PathError{Op: kind, Path: name, Err: err}
	}
	return nil
}

// Create makes or empties a file.
func (f *Faulty) Create(name string) (File, error) {
	return f.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_TRUNC)
}

// Open opens a file for reading.
func (f *Faulty) Open(name string) (File, error) { return f.OpenFile(name, os.O_RDONLY) }

// OpenFile opens a file.
func (f *Faulty) OpenFile(name string, flag int) (File, error) {
	if err := f.check("open", name); err != nil {
		return nil, err
	}
	file, err := f.inner.OpenFile(name, flag)
	if err != nil {
		return nil, err
	}
	return &faultyFile{File: file, fs: f, name: name}, nil
}

// Rename moves a file or folder.
func (f *Faulty) Rename(from, to string) error {
	if err := f.check("rename", from); err != nil {
		return err
	}
	return f.inner.Rename(from, to)
}

// Remove removes a file or an empty folder.
func (f *Faulty) Remove(name string) error {
	if err := f.check("remove", name); err != nil {
		return err
	}
	return f.inner.Remove(name)
}

// RemoveAll removes a name and all below it.
func (f *Faulty) RemoveAll(name string) error {
	if err := f.check("removeall", name); err != nil {
		return err
	}
	return f.inner.RemoveAll(name)
}

// MkdirAll makes a folder and its parents.
func (f *Faulty) MkdirAll(name string) error {
	if err := f.check("mkdir", name); err != nil {
		return err
	}
	return f.inner.MkdirAll(name)
}

// ReadDir lists a folder.
func (f *Faulty) ReadDir(name string) ([]fs.DirEntry, error) {
	if err := f.check("readdir", name); err != nil {
		return nil, err
	}
	return f.inner.ReadDir(name)
}

// Stat describes a file or folder.
func (f *Faulty) Stat(name string) (fs.FileInfo, error) {
	if err := f.check("stat", name); err != nil {
		return nil, err
	}
	return f.inner.Stat(name)
}

// SyncDir makes a folder's names durable.
func (f *Faulty) SyncDir(name string) error {
	if err := f.check("syncdir", name); err != nil {
		return err
	}
	return f.inner.SyncDir(name)
}

// Lock takes a name for one holder.
func (f *Faulty) Lock(name string) (io.Closer, error) {
	if err := f.check("lock", name); err != nil {
		return nil, err
	}
	return f.inner.Lock(name)
}
