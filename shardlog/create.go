package shardlog

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"leat"
	"leat/vfs"
)

// Create makes a stream. AlreadyExists when the name is taken.
func (s *Store) Create(ctx context.Context, spec Spec) (*Stream, error) {
	if spec.Retention == 0 {
		spec.Retention = defaultRetention
	}
	if spec.MaxRecordBytes == 0 {
		spec.MaxRecordBytes = 1 << 20
	}
	folder := folderOf(spec.Name)
	switch {
	case spec.Name == "" || len(spec.Name) > 128 || len(folder) > 200:
		return nil, invalid("stream name %q is not 1 to 128 characters", spec.Name)
	case spec.Shards < 1 || spec.Shards > 20_000:
		return nil, invalid("stream %s cannot have %d shards, 1 to 20000 are allowed", spec.Name, spec.Shards)
	}
	if err := checkSettings(spec.Name, Settings{Retention: spec.Retention, MaxRecordBytes: spec.MaxRecordBytes, Attributes: spec.Attributes}); err != nil {
		return nil, err
	}
	s.making.RLock()
	defer s.making.RUnlock()
	least, err := s.reserve(spec.Name)
	if err != nil {
		return nil, err
	}
	defer s.unreserve(spec.Name)
	now := s.cfg.Now()
	d := newDefinition(spec, newID(), now, max(uint64(max(now.Unix(), 0)), least))
	dir := filepath.Join(s.cfg.Dir, folder)
	head := segmentHead{salt: newSalt(), first: firstOrdinal, created: d.Created}
	if err := s.makeFolder(dir, d, head); err != nil {
		err, _ = shortage(spec.Name, err)
		return nil, fmt.Errorf("create stream %s: %w", spec.Name, err)
	}
	stream := s.newStream(spec.Name, dir)
	if err := stream.setDefinition(d); err != nil {
		return nil, err
	}
	seg := newSegment(s.cfg.FS, dir, firstOrdinal)
	stream.state.Store(&state{segments: []*segment{seg}, end: segmentHeadBytes, tail: firstOrdinal})
	s.mu.Lock()
	defer s.mu.Unlock()
	s.streams[spec.Name] = stream
	return stream, nil
}

// reserve keeps a name for a Create, until unreserve. It returns the least that
// the stream's sequence numbers may start with.
func (s *Store) reserve(name string) (least uint64, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.closed:
		return 0, closedError(name)
	case s.streams[name] != nil || s.creating[name]:
		return 0, &leat.Error{Code: leat.AlreadyExists, Message: fmt.Sprintf("stream %s already exists", name)}
	}
	s.creating[name] = true
	return s.lastCreated[name] + 1, nil
}

func (s *Store) unreserve(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.creating, name)
}

// makeFolder makes a stream's folder aside and moves it to its place, so that
// after a crash all of the stream is there or nothing.
func (s *Store) makeFolder(dir string, d *definition, head segmentHead) error {
	if _, err := s.cfg.FS.Stat(dir); !errors.Is(err, fs.ErrNotExist) {
		if err == nil {
			err = fs.ErrExist
		}
		return fmt.Errorf("folder %s: %w", dir, err)
	}
	aside := filepath.Join(s.cfg.Dir, asidePrefix+"new-"+d.ID)
	err := s.cfg.FS.MkdirAll(aside)
	if err == nil {
		err = writeDefinition(s.cfg.FS, aside, d)
	}
	if err == nil {
		var f vfs.File
		if _, f, err = createSegment(s.cfg.FS, aside, head); err == nil {
			err = f.Close()
		}
	}
	if err == nil {
		err = s.cfg.FS.Rename(aside, dir)
	}
	if err == nil {
		if err = s.cfg.FS.SyncDir(s.cfg.Dir); err != nil {
			_ = s.cfg.FS.Rename(dir, aside) // or else the name stays taken
		}
	}
	if err != nil {
		_ = s.cfg.FS.RemoveAll(aside) // what stays is removed by the next Open
	}
	return err
}
