package shardlog

import (
	"context"
	"fmt"

	"leat"
	"leat/source"
)

// A ShardBatch is what ReadShard found.
type ShardBatch struct {
	Records []leat.Record // valid for ever; do not change their bytes
	Next    uint64        // ordinal to read from next; when not Drained, at most the one after the shard's end
	// BehindMillis is the age of the oldest record not yet returned; 0 at the tip.
	BehindMillis int64
	// Drained means that the shard is closed and nothing is left.
	Drained bool
}

// ReadShard reads a shard from an ordinal on, at once, within limit; no records
// is no error. Of commits of 64 KiB and more it reads the shard's own part
// alone. limit.Until is not used.
func (s *Stream) ReadShard(shard uint32, from uint64, limit source.Limit) (ShardBatch, error) {
	for {
		st := s.state.Load()
		if st.err != nil {
			return ShardBatch{}, st.err
		}
		// After the state, so that a shard that is open still was when the
		// snapshot ended, and Next is never behind its end.
		info, err := s.shardInfo(shard)
		if err != nil {
			return ShardBatch{}, err
		}
		batch, err := s.readShard(st, info, from, limit)
		again, err := s.gone(st, err)
		if err != nil {
			return ShardBatch{}, s.readError(err)
		}
		if !again {
			return batch, nil
		}
	}
}

func (s *Stream) readShard(st *state, info ShardInfo, from uint64, limit source.Limit) (ShardBatch, error) {
	var batch ShardBatch
	bytes := 0
	room := func(size int) bool {
		n := len(batch.Records)
		return n == 0 || (limit.Records <= 0 || n < limit.Records) && (limit.Bytes <= 0 || bytes+size <= limit.Bytes)
	}
	behind := func(h *frameHead) int64 { return max(s.store.cfg.Now().UnixMilli()-h.arrival, 0) }

	c := s.cursor(st, info, from)
	defer c.close()
	for {
		h, g, ok, err := c.step()
		if err != nil {
			return ShardBatch{}, err
		}
		if !ok {
			// All commits up to the tail, or the shard's end, were looked at.
			batch.Next = max(from, st.tail)
			batch.Drained = info.End != nil && info.End.Ordinal < st.tail
			return batch, nil
		}
		if !room(1) {
			batch.BehindMillis = behind(&h)
			return batch, nil
		}
		group, err := c.load(&h, g)
		if err != nil {
			return ShardBatch{}, err
		}
		for ordinal := h.first + uint64(g.before); group.left > 0; ordinal++ {
			key, data, err := group.peek()
			if err != nil {
				return ShardBatch{}, c.damage(&badFrame{c.body, err})
			}
			size := len(key) + len(data)
			group.skip(size)
			if ordinal < from {
				continue
			}
			if !room(size) {
				batch.BehindMillis = behind(&h)
				return batch, nil
			}
			batch.Records = append(batch.Records, leat.Record{
				Shard:        info.Number,
				Sequence:     leat.Sequence{Created: info.Start.Created, Ordinal: ordinal, Shard: info.Number},
				Arrival:      h.arrival,
				PartitionKey: key,
				Data:         data,
			})
			bytes += size
			batch.Next = ordinal + 1
		}
	}
}

// WaitShard waits until the shard has a record at or after an ordinal, or is
// closed. Commits without records of the shard do not wake it.
func (s *Stream) WaitShard(ctx context.Context, shard uint32, from uint64) error {
	for {
		info, err := s.shardInfo(shard)
		if err != nil {
			return err
		}
		s.mu.Lock()
		st, opened := s.state.Load(), s.opened
		slot, open := s.router.slotOf(shard)
		switch {
		case st.err != nil || !open || s.shardTails[slot] > from:
			s.mu.Unlock()
			return st.err
		case from >= opened:
			changed := s.waiting.of(shard)
			s.mu.Unlock()
			select {
			case <-changed:
				continue
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		s.mu.Unlock()
		// From before this run: only the files know.
		found, err := s.hasRecord(st, info, from)
		if err != nil {
			return s.readError(err)
		}
		if found {
			return nil
		}
		from = opened
	}
}

// hasRecord reports whether a shard has a record at or after an ordinal.
func (s *Stream) hasRecord(st *state, info ShardInfo, from uint64) (bool, error) {
	c := s.cursor(st, info, from)
	defer c.close()
	_, _, ok, err := c.step()
	if again, err := s.gone(st, err); err != nil || again {
		return false, err // what retention removed is not waited for
	}
	return ok, nil
}

// readError adds which stream it was to an error of reading.
func (s *Stream) readError(err error) error { return fmt.Errorf("read stream %s: %w", s.name, err) }
