// Package vfs is Leat's only way to the disk. (DuckDB writes its own files, and
// a TLS key is written where it gets a mode of its own.)
//
// It is small on purpose: what a log, an object folder and a definition file
// need, and no more. There are three implementations, which all pass the suite
// in vfstest:
//
//   - [OS]: the operating system's files.
//   - [Mem]: in memory, and can crash: [Mem.CrashClone] returns what a disk
//     might hold after a power failure, where everything that was not synced
//     is there, gone, or torn.
//   - [Faulty]: wraps another one and fails the operations a test picks.
//
// Two rules of POSIX hold for all of them, and every durable write needs both:
// bytes survive a crash only after [File.Sync], and a new, renamed or removed
// name survives only after [FS.SyncDir] of its folder.
//
// The package does not hide errors behind retries: after a failed Sync nothing
// is known about the file, and the caller must not write it on.
package vfs

import (
	"io"
	"io/fs"
)

// FS is a file system. Names are paths of the operating system. Errors match
// fs.ErrNotExist and fs.ErrExist with errors.Is. Its methods may be called
// from several goroutines.
type FS interface {
	// Create makes a file, or empties the one that is there, for reading and
	// writing.
	Create(name string) (File, error)
	// Open opens a file for reading.
	Open(name string) (File, error)
	// OpenFile opens a file with os.O_RDONLY or os.O_RDWR, and any of
	// os.O_CREATE, os.O_EXCL and os.O_TRUNC.
	OpenFile(name string, flag int) (File, error)
	// Rename moves a file or a folder; a file that is in the way is replaced,
	// in one step.
	Rename(from, to string) error
	// Remove removes a file or an empty folder.
	Remove(name string) error
	// RemoveAll removes a name and all below it; none there is no error.
	RemoveAll(name string) error
	// MkdirAll makes a folder and its parents; it syncs none of them (see
	// EnsureDir).
	MkdirAll(name string) error
	// ReadDir lists a folder, sorted by name.
	ReadDir(name string) ([]fs.DirEntry, error)
	// Stat describes a file or a folder.
	Stat(name string) (fs.FileInfo, error)
	// SyncDir makes a folder's names durable.
	SyncDir(name string) error
	// Lock makes the file if need be and takes it for this process alone, until
	// the result is closed or the process ends. It does not wait: a lock held
	// by someone else, also in this process, is a *LockedError.
	Lock(name string) (io.Closer, error)
}

// A File is an open file. ReadAt and WriteAt may be called from several
// goroutines; Read and Write share one offset and may not. An open file can be
// read on after its name was removed.
type File interface {
	io.Reader
	io.Writer
	io.ReaderAt
	io.WriterAt
	io.Closer
	// Size returns the file's length in bytes.
	Size() (int64, error)
	// Truncate sets the file's length; growth reads as zeros.
	Truncate(size int64) error
	// Sync makes the file's bytes and length durable. After an error it is
	// unknown which of them are, for good: a later success says nothing about
	// earlier writes.
	Sync() error
}
