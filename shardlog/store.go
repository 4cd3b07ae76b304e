package shardlog

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"leat"
	"leat/vfs"
)

// lockName is the file in the streams' folder that keeps other processes out.
const lockName = "LOCK"

// A Store holds all streams of a folder.
type Store struct {
	cfg     Config
	lock    io.Closer
	indexes *indexCache

	// making lets Creates go side by side, and a Delete or Close alone.
	making sync.RWMutex

	mu      sync.RWMutex // guards the fields below
	streams map[string]*Stream
	// creating are the names that Creates are at work on.
	creating map[string]bool
	// lastCreated is, for names of deleted streams, the Created of their
	// sequence numbers, which a successor must exceed.
	lastCreated map[string]uint64
	closed      bool
}

// Open opens the folder, makes it if need be, and recovers every stream. A
// folder in use by another process is an Error with code InUse. A damaged
// stream does not stop the others: it is there, and its operations return what
// is wrong with it.
func Open(cfg Config) (*Store, error) {
	cfg = cfg.withDefaults()
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	err := vfs.EnsureDir(cfg.FS, cfg.Dir)
	if err == nil {
		err = vfs.SyncPath(cfg.FS, cfg.Dir)
	}
	if err != nil {
		return nil, fmt.Errorf("make data folder: %w", err)
	}
	lock, err := cfg.FS.Lock(filepath.Join(cfg.Dir, lockName))
	if err != nil {
		return nil, lockError(cfg.Dir, err)
	}
	s := &Store{
		cfg: cfg, lock: lock, indexes: newIndexCache(cfg.IndexCacheBytes),
		streams: map[string]*Stream{}, creating: map[string]bool{}, lastCreated: map[string]uint64{},
	}
	if err := s.recover(); err != nil {
		lock.Close() // the first error is the one to report
		return nil, err
	}
	return s, nil
}

func lockError(dir string, err error) error {
	var locked *vfs.LockedError
	if !errors.As(err, &locked) {
		return fmt.Errorf("lock data folder: %w", err)
	}
	by := "another process"
	if locked.PID != 0 {
		by = fmt.Sprintf("process %d", locked.PID)
	}
	return &leat.Error{
		Code:    leat.InUse,
		Message: fmt.Sprintf("data folder %s is in use by %s", dir, by),
		Hint:    "stop it, or give another folder",
		Err:     err,
	}
}

// Run removes what is past its retention, and lets idle streams rest, until ctx
// ends, and returns nil then.
// Streams take and give records with or without it, from Open to Close.
func (s *Store) Run(ctx context.Context) error {
	ticker := time.NewTicker(s.cfg.RetentionInterval)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
			s.Retain(ctx)
			s.tidy(ctx)
		}
	}
}

// Close waits for the commits that are being written, ends all readers'
// waiting, and closes the files; call it after Run has returned. It leaves the
// segments' indexes on disk, so that the next Open need not read the segments.
func (s *Store) Close() error {
	s.making.Lock() // lets a Create or Delete end first
	defer s.making.Unlock()
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return nil
	}
	s.closed = true
	streams := s.sortedLocked()
	s.mu.Unlock()
	for _, stream := range streams {
		stream.publish(func(next *state) {
			if next.err == nil {
				next.err = closedError(stream.name)
			}
		})
	}
	errs := make([]error, len(streams))
	together(len(streams), func(i int) {
		streams[i].running.Wait()
		errs[i] = streams[i].closeFiles()
	})
	return errors.Join(append(errs, s.lock.Close())...)
}

// closeFiles closes the writer's file and stores its index.
func (s *Stream) closeFiles() error {
	if s.writer.file == nil {
		return nil
	}
	st := s.state.Load()
	seg := st.segments[len(st.segments)-1]
	err := s.writer.file.Close()
	s.writer.file = nil
	s.mu.Lock()
	failed := s.failed
	s.mu.Unlock()
	if failed != nil || err != nil {
		return err // the segment's end is in doubt: let recovery look
	}
	head, err := seg.head()
	if err != nil {
		return err
	}
	if err := seg.writeIndex(seg.index, head.salt); err != nil {
		return fmt.Errorf("write index of stream %s: %w", s.name, err)
	}
	return nil
}

// forget lets go of what a deleted stream holds.
func (s *Stream) forget() {
	if s.writer.file != nil {
		s.writer.file.Close() // its bytes no longer matter
		s.writer.file = nil
	}
	for _, seg := range s.state.Load().segments {
		s.store.indexes.remove(seg)
	}
}

// Delete removes a stream and its files. Its readers get NotFound, and so do
// batches that wait.
func (s *Store) Delete(ctx context.Context, name string) error {
	stream, err := s.Stream(name)
	if err != nil {
		return err
	}
	return s.Remove(ctx, stream)
}

// Remove is Delete for those who mean this stream, and not another one that has
// got its name since: NotFound then.
func (s *Store) Remove(ctx context.Context, stream *Stream) error {
	name := stream.name
	s.making.Lock()
	defer s.making.Unlock()
	if now, err := s.Stream(name); err != nil || now != stream {
		return notFound(name)
	}
	s.mu.RLock()
	closed := s.closed
	s.mu.RUnlock()
	if closed {
		return closedError(name)
	}
	stream.defining.Lock() // keeps retention and changes of the definition out
	defer stream.defining.Unlock()
	before := stream.state.Load().err
	stream.publish(func(next *state) { next.err = notFound(name) })
	stream.running.Wait()
	aside := filepath.Join(s.cfg.Dir, asidePrefix+"deleted-"+newID())
	if err := s.cfg.FS.Rename(stream.dir, aside); err != nil {
		stream.publish(func(next *state) { next.err = before })
		return fmt.Errorf("delete stream %s: %w", name, err)
	}
	s.mu.Lock()
	delete(s.streams, name)
	if stream.definition != nil {
		s.lastCreated[name] = stream.definition.Created
	}
	s.mu.Unlock()
	stream.forget()
	if err := s.cfg.FS.SyncDir(s.cfg.Dir); err != nil {
		return fmt.Errorf("delete stream %s: %w", name, err)
	}
	if err := s.cfg.FS.RemoveAll(aside); err != nil {
		return fmt.Errorf("delete stream %s: %w", name, err)
	}
	return nil
}

// Stream returns a stream by name, or an Error with code NotFound.
func (s *Store) Stream(name string) (*Stream, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if stream := s.streams[name]; stream != nil {
		return stream, nil
	}
	return nil, notFound(name)
}

// Names returns the streams' names, sorted.
func (s *Store) Names() []string {
	s.mu.RLock()
	defer s.mu.RUnlock()
	names := make([]string, 0, len(s.streams))
	for _, stream := range s.sortedLocked() {
		names = append(names, stream.name)
	}
	return names
}

func (s *Store) sortedLocked() []*Stream {
	sorted := make([]*Stream, 0, len(s.streams))
	for _, stream := range s.streams {
		sorted = append(sorted, stream)
	}
	slices.SortFunc(sorted, func(a, b *Stream) int { return strings.Compare(a.name, b.name) })
	return sorted
}

// asidePrefix starts the names of folders that are being made or removed. No
// stream's folder starts with a dot.
const asidePrefix = "."

// folderOf returns the name of a stream's folder: its own, with whatever could
// mean something to a file system written as %XX.
func folderOf(name string) string {
	escaped := url.QueryEscape(name)
	escaped = strings.ReplaceAll(escaped, "~", "%7E")
	switch {
	case strings.HasPrefix(escaped, "."):
		escaped = "%2E" + escaped[1:]
	case strings.EqualFold(escaped, lockName):
		escaped = fmt.Sprintf("%%%X", escaped[0]) + escaped[1:]
	}
	return escaped
}

// streamOf returns the name of a folder's stream.
func streamOf(folder string) string {
	name, err := url.QueryUnescape(folder)
	if err != nil {
		return folder
	}
	return name
}

func newID() string {
	var b [8]byte
	rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}
