package kinesis

import (
	"context"
	"encoding/json"
	"fmt"

	"leat/shardlog"
)

// attributes are what the API keeps with a stream and the log does not know:
// the log stores them with the stream's definition.
type attributes struct {
	Tags      map[string]string `json:"tags,omitempty"`
	Policy    string            `json:"policy,omitempty"`
	KeyID     string            `json:"key_id,omitempty"`  // empty: not encrypted
	Metrics   []string          `json:"metrics,omitempty"` // in the order of monitor.ShardMetrics
	WarmMiBps *int64            `json:"warm_mibps,omitempty"`
	Spread    bool              `json:"spread,omitempty"`    // records go to shards evenly, whatever their keys
	Consumers []consumer        `json:"consumers,omitempty"` // by name
	Phase     *phase            `json:"phase,omitempty"`     // nil: ACTIVE
}

// attributesOf returns a stream's attributes, which are decoded once for each
// version of them. What they point at must not be changed.
func attributesOf(info shardlog.Info) (attributes, error) {
	if len(info.Attributes) == 0 {
		return attributes{}, nil
	}
	if kept, ok := info.Memo.Load().(attributes); ok {
		return kept, nil
	}
	kept, err := decodeAttributes(info.Name, info.Attributes)
	if err == nil {
		info.Memo.Store(kept)
	}
	return kept, err
}

func decodeAttributes(stream string, text []byte) (attributes, error) {
	var kept attributes
	if len(text) == 0 {
		return kept, nil
	}
	if err := json.Unmarshal(text, &kept); err != nil {
		return kept, fmt.Errorf("read attributes of stream %s: %w", stream, err)
	}
	return kept, nil
}

// change changes a stream's settings and attributes as one unit, durable when
// it returns nil. Nothing changes when the function returns an error. A stream
// that is CREATING or DELETING takes no changes.
func (a *api) change(ctx context.Context, s *shardlog.Stream, change func(*shardlog.Settings, *attributes) error) error {
	name := s.Info().Name
	err := s.Change(ctx, func(settings *shardlog.Settings) error {
		kept, err := decodeAttributes(name, settings.Attributes)
		if err != nil {
			return err
		}
		if status := a.status(&kept); status == creating || status == deleting {
			return a.notActive(name, status)
		}
		if err := change(settings, &kept); err != nil {
			return err
		}
		settings.Attributes, err = json.Marshal(kept)
		return err
	})
	return a.streamError(err, name)
}

// update is change for what makes the stream UPDATING for a while.
func (a *api) update(ctx context.Context, s *shardlog.Stream, change func(*shardlog.Settings, *attributes) error) error {
	name := s.Info().Name
	return a.change(ctx, s, func(settings *shardlog.Settings, kept *attributes) error {
		if err := a.checkActive(kept, name); err != nil {
			return err
		}
		kept.Phase = a.phase(updating)
		return change(settings, kept)
	})
}

// spreadsRecords says whether a stream's records go to shards evenly.
func spreadsRecords(info shardlog.Info) bool {
	kept, err := attributesOf(info)
	return err == nil && info.OnDemand && kept.Spread
}

// encryptionOf returns the encryption that put operations report.
func encryptionOf(info shardlog.Info) string {
	if kept, err := attributesOf(info); err != nil || kept.KeyID == "" {
		return notEncrypted
	}
	return encryptedByKMS
}
