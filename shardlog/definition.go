package shardlog

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"

	"leat/vfs"
)

// definitionFile is the name of the file that says what a stream is. It is one
// line with the format and the checksum of the rest, then JSON:
//
//	leat-stream 1 <CRC-32C in hex>
//	{"name": …}
const (
	definitionFile   = "stream"
	definitionFormat = "leat-stream 1 "
)

// definition is what the file holds. Fields may be added; one that changes the
// meaning of others needs a new format number.
type definition struct {
	Name           string            `json:"name"`
	ID             string            `json:"id"`
	CreatedMillis  int64             `json:"created_ms"`
	Created        uint64            `json:"created"` // of the sequence numbers
	RetentionMs    int64             `json:"retention_ms"`
	MaxRecordBytes int               `json:"max_record_bytes"`
	OnDemand       bool              `json:"on_demand,omitempty"`
	Attributes     json.RawMessage   `json:"attributes,omitempty"`
	Shards         []shardDefinition `json:"shards"`
}

func (d *definition) encode() ([]byte, error) {
	body, err := json.MarshalIndent(d, "", " ")
	if err != nil {
		return nil, err
	}
	body = append(body, '\n')
	head := fmt.Sprintf("%s%08x\n", definitionFormat, checksum(body))
	return append([]byte(head), body...), nil
}

func decodeDefinition(data []byte) (*definition, error) {
	head, body, _ := bytes.Cut(data, []byte("\n"))
	sum, ok := strings.CutPrefix(string(head), definitionFormat)
	if !ok {
		return nil, fmt.Errorf("not a stream's definition of a format this version reads")
	}
	if want, err := hex.DecodeString(sum); err != nil || len(want) != 4 || fmt.Sprintf("%08x", checksum(body)) != sum {
		return nil, fmt.Errorf("checksum of the stream's definition differs")
	}
	d := new(definition)
	if err := json.Unmarshal(body, d); err != nil {
		return nil, err
	}
	if _, err := d.info(); err != nil {
		return nil, err
	}
	return d, nil
}

// info turns the definition into what callers see, and checks it.
func (d *definition) info() (Info, error) {
	info := Info{
		Name:           d.Name,
		ID:             d.ID,
		Created:        time.UnixMilli(d.CreatedMillis),
		Retention:      time.Duration(d.RetentionMs) * time.Millisecond,
		MaxRecordBytes: d.MaxRecordBytes,
		OnDemand:       d.OnDemand,
		Attributes:     d.Attributes,
		Memo:           new(atomic.Value),
	}
	for _, shard := range d.Shards {
		info.Shards = append(info.Shards, d.shardInfo(shard))
	}
	return info, d.checkShards()
}

func newDefinition(spec Spec, id string, now time.Time, created uint64) *definition {
	d := &definition{
		Name:           spec.Name,
		ID:             id,
		CreatedMillis:  now.UnixMilli(),
		Created:        created,
		RetentionMs:    spec.Retention.Milliseconds(),
		MaxRecordBytes: spec.MaxRecordBytes,
		OnDemand:       spec.OnDemand,
		Attributes:     spec.Attributes,
	}
	for i := range spec.Shards {
		first, last := evenRange(i, spec.Shards)
		d.Shards = append(d.Shards, shardDefinition{
			Number: uint32(i), Parent: -1, AdjacentParent: -1, First: first, Last: last, Start: firstOrdinal - 1,
		})
	}
	return d
}

func writeDefinition(fsys vfs.FS, dir string, d *definition) error {
	data, err := d.encode()
	if err != nil {
		return err
	}
	return vfs.WriteFile(fsys, filepath.Join(dir, definitionFile), data)
}

// readDefinition reads a stream's definition; one that is there and wrong is an
// Error with code Corrupt.
func readDefinition(fsys vfs.FS, dir string) (*definition, error) {
	name := filepath.Join(dir, definitionFile)
	data, err := vfs.ReadFile(fsys, name)
	if err != nil {
		return nil, err
	}
	d, err := decodeDefinition(data)
	if err != nil {
		return nil, corrupt(name, 0, err)
	}
	return d, nil
}
