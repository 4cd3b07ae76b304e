package shardlog

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"leat"
	"leat/vfs"
)

// A Finding is one thing Verify saw.
type Finding struct {
	Stream, File string
	Offset       int64
	// Damage is false for a torn tail, which the next Open drops: its records
	// were never acknowledged.
	Damage  bool
	Message string
}

// Verify checks every checksum of a streams folder without opening it for
// writing. A folder in use can be verified too; a commit being written then
// looks like a torn tail. The error is of what could not be looked at.
func Verify(ctx context.Context, fsys vfs.FS, dir string) ([]Finding, error) {
	entries, err := fsys.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("list data folder: %w", err)
	}
	var findings []Finding
	if _, err := readAttributes(fsys, dir); leat.CodeOf(err) == leat.Corrupt {
		findings = append(findings, Finding{File: filepath.Join(dir, attributesFile), Damage: true, Message: err.Error()})
	} else if err != nil {
		return nil, err
	}
	for _, entry := range entries {
		if !entry.IsDir() || strings.HasPrefix(entry.Name(), asidePrefix) {
			continue
		}
		v := verifier{fs: fsys, stream: streamOf(entry.Name()), dir: filepath.Join(dir, entry.Name()), seen: map[uint32]*seenShard{}}
		if err := v.run(ctx); err != nil {
			return findings, fmt.Errorf("verify stream %s: %w", v.stream, err)
		}
		findings = append(findings, v.findings...)
	}
	return findings, nil
}

type verifier struct {
	fs          vfs.FS
	stream, dir string
	findings    []Finding
	seen        map[uint32]*seenShard // by number
}

func (v *verifier) add(file string, offset int64, damage bool, format string, args ...any) {
	v.findings = append(v.findings, Finding{v.stream, file, offset, damage, fmt.Sprintf(format, args...)})
}

func (v *verifier) run(ctx context.Context) error {
	var known *leat.Error
	d, err := readDefinition(v.fs, v.dir)
	switch {
	case errors.As(err, &known):
		v.add(filepath.Join(v.dir, definitionFile), 0, true, "%v", known.Err)
	case err != nil:
		v.add(filepath.Join(v.dir, definitionFile), 0, true, "%v", err)
	case d.Name != v.stream:
		v.add(filepath.Join(v.dir, definitionFile), 0, true, "definition is of stream %s", d.Name)
	}
	firsts, err := listSegments(v.fs, v.dir)
	if err != nil {
		return err
	}
	if len(firsts) == 0 {
		v.add(v.dir, 0, true, "stream has no segments")
	}
	want := uint64(0) // where the next segment must start; 0: anywhere
	for i, first := range firsts {
		if err := ctx.Err(); err != nil {
			return err
		}
		seg := newSegment(v.fs, v.dir, first)
		if want != 0 && want != first {
			v.add(seg.path(), 0, true, "segment starts with record %d, the one before it ends at %d", first, want)
		}
		if want, err = v.segment(seg, d, i == len(firsts)-1); err != nil {
			return err
		}
	}
	if d == nil {
		return nil
	}
	if want != 0 {
		if err := d.checkTail(want); err != nil {
			v.add(v.dir, 0, true, "%v", err)
			return nil
		}
	}
	return v.shards(d)
}

// segment checks one segment and returns the ordinal after its last record, 0
// when that cannot be known.
func (v *verifier) segment(seg *segment, d *definition, last bool) (next uint64, err error) {
	f, err := v.fs.Open(seg.path())
	if err != nil {
		return 0, err
	}
	defer f.Close()
	head, headErr := seg.headOf(f)
	// Before the length: in a folder in use, the index may be stored again.
	covered := seg.readIndexHead(head.salt)
	size, err := f.Size()
	if err != nil {
		return 0, err
	}
	var known *leat.Error
	if errors.As(headErr, &known) {
		unbegun := last && size <= segmentHeadBytes
		v.add(seg.path(), 0, !unbegun, "%v", known.Err)
		return 0, nil
	}
	if headErr != nil {
		return 0, headErr
	}
	if d != nil && head.created != d.Created {
		v.add(seg.path(), 0, true, "segment is of another incarnation of the stream")
	}
	x := newIndex(head)
	_, err = scan(f, x, head.salt, size, func(h *frameHead, offset int64) {
		for i := range h.groups {
			v.see(h, h.group(i), seg.path(), offset)
		}
	})
	var bad *badFrame
	switch {
	case errors.As(err, &bad):
		later, found, err := laterCommit(f, head.salt, bad.offset, x.next, size)
		if err != nil {
			return 0, err
		}
		switch {
		case found:
			v.add(seg.path(), bad.offset, true, "%v; a good commit follows at byte %d", bad.cause, later)
		case !last || covered != nil && covered.end > bad.offset:
			v.add(seg.path(), bad.offset, true, "%v; it was durable", bad.cause)
		default:
			v.add(seg.path(), bad.offset, false, "torn tail of %d bytes: %v", size-bad.offset, bad.cause)
		}
		return 0, nil
	case err != nil:
		return 0, err
	}
	if covered != nil && covered.end > size {
		v.add(seg.path(), size, true, "segment is shorter than it was, %d bytes", covered.end)
	}
	return x.next, nil
}
