package shardlog

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
	"time"

	"leat/vfs"
)

// Settings are what may change of a stream besides its shards.
type Settings struct {
	Retention      time.Duration // as in Spec
	MaxRecordBytes int           // as in Spec
	OnDemand       bool          // as in Spec
	// Attributes is the front doors' JSON document, or nil.
	Attributes []byte
}

// maxAttributes bounds the attributes, so that definitions stay small.
const maxAttributes = 4 << 20

// Change changes a stream's settings as one unit, durable when it returns nil.
// The function gets the present ones; changes of one stream are made one at a
// time. Its error is returned and leaves them as they are. It must not change
// the bytes of Attributes, but replace them.
func (s *Stream) Change(ctx context.Context, change func(*Settings) error) error {
	return s.define(func(d *definition) error {
		next := d.settings()
		if err := change(&next); err != nil {
			return err
		}
		if err := checkSettings(s.name, next); err != nil {
			return err
		}
		d.setSettings(next)
		return nil
	})
}

func (d *definition) settings() Settings {
	return Settings{
		Retention:      time.Duration(d.RetentionMs) * time.Millisecond,
		MaxRecordBytes: d.MaxRecordBytes, OnDemand: d.OnDemand, Attributes: d.Attributes,
	}
}

func (d *definition) setSettings(s Settings) {
	d.RetentionMs = s.Retention.Milliseconds()
	d.MaxRecordBytes, d.OnDemand, d.Attributes = s.MaxRecordBytes, s.OnDemand, s.Attributes
}

func checkSettings(stream string, settings Settings) error {
	if settings.Retention < minRetention || settings.Retention > maxRetention {
		return invalid("retention %v of stream %s is not between 24 h and 8760 h", settings.Retention, stream)
	}
	if settings.MaxRecordBytes < 1 || settings.MaxRecordBytes > 10<<20+maxKeyBytes {
		return invalid("record limit of stream %s, %d bytes, is not between 1 byte and 10 MiB", stream, settings.MaxRecordBytes)
	}
	return checkAttributes("stream "+stream, settings.Attributes)
}

func checkAttributes(of string, attributes []byte) error {
	if len(attributes) > maxAttributes {
		return invalid("attributes of %s take %d bytes, at most %d are allowed", of, len(attributes), maxAttributes)
	}
	if len(attributes) > 0 && !json.Valid(attributes) {
		return invalid("attributes of %s are not JSON", of)
	}
	return nil
}

// attributesFile holds the attributes of all streams together. No stream's
// folder starts with a dot. It is one line with the format and the checksum of the rest, then JSON:
//
//	leat-attributes 1 <CRC-32C in hex>
//	{…}
const (
	attributesFile   = ".attributes"
	attributesFormat = "leat-attributes 1 "
)

// Attributes returns the front doors' JSON document about all streams together,
// or nil when there is none.
func (s *Store) Attributes() ([]byte, error) { return readAttributes(s.cfg.FS, s.cfg.Dir) }

func readAttributes(fsys vfs.FS, dir string) ([]byte, error) {
	name := filepath.Join(dir, attributesFile)
	data, err := vfs.ReadFile(fsys, name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read attributes: %w", err)
	}
	head, body, _ := bytes.Cut(data, []byte("\n"))
	sum, ok := strings.CutPrefix(string(head), attributesFormat)
	if want, err := hex.DecodeString(sum); !ok || err != nil || len(want) != 4 || fmt.Sprintf("%08x", checksum(body)) != sum {
		return nil, corrupt(name, 0, errors.New("checksum of the attributes differs"))
	}
	return body, nil
}

// ChangeAttributes replaces them by what change makes of them, durable when it
// returns nil. Changes are made one at a time.
func (s *Store) ChangeAttributes(ctx context.Context, change func([]byte) ([]byte, error)) error {
	s.making.Lock()
	defer s.making.Unlock()
	s.mu.RLock()
	closed := s.closed
	s.mu.RUnlock()
	if closed {
		return closedError("attributes")
	}
	body, err := s.Attributes()
	if err != nil {
		return err
	}
	if body, err = change(body); err != nil {
		return err
	}
	if err := checkAttributes("all streams", body); err != nil {
		return err
	}
	head := fmt.Sprintf("%s%08x\n", attributesFormat, checksum(body))
	if err := vfs.WriteFile(s.cfg.FS, filepath.Join(s.cfg.Dir, attributesFile), append([]byte(head), body...)); err != nil {
		return fmt.Errorf("write attributes: %w", err)
	}
	return nil
}
