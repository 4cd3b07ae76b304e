package simulate

import (
	"fmt"
	"strconv"
	"time"
)

// EventsConfig says what mixed events to make.
type EventsConfig struct {
	// Seed makes the events: the same seed, the same events.
	Seed uint64
	// Types is how many event names are mixed, 1 to 100; default 100. The first
	// part of a name is one of ten words, and any ten types in a row have all ten.
	Types int
	// Start is the earliest created_at; default 2024-03-17 00:00 UTC.
	Start time.Time
	// Days is over how many days created_at is spread, from Start on; default 2.
	Days int
	// Duplicates is the share of events, 0 to 1, that repeat an earlier one,
	// byte for byte.
	Duplicates float64
	// Bad is the share of events, 0 to 1, that no strict reader takes; the four
	// bad kinds come equally often.
	Bad float64
}

func (c EventsConfig) withDefaults() EventsConfig {
	if c.Types == 0 {
		c.Types = 100
	}
	if c.Start.IsZero() {
		c.Start = time.Date(2024, 3, 17, 0, 0, 0, 0, time.UTC)
	}
	if c.Days == 0 {
		c.Days = 2
	}
	return c
}

// Validate says what is wrong with a configuration.
func (c EventsConfig) Validate() error {
	c = c.withDefaults()
	switch {
	case c.Types < 1 || c.Types > len(eventTypes):
		return fmt.Errorf("event types: %d is not within 1 to %d", c.Types, len(eventTypes))
	case c.Days < 1:
		return fmt.Errorf("days: %d is less than 1", c.Days)
	case c.Duplicates < 0 || c.Bad < 0 || c.Duplicates+c.Bad > 0.9:
		return fmt.Errorf("shares: %g duplicates and %g bad must each be at least 0 and together at most 0.9", c.Duplicates, c.Bad)
	}
	return nil
}

// Events makes mixed events of about 315 bytes: JSON documents that have
// event_uuid, event_name, created_at (Unix seconds) and user_id in common and
// differ by type in the rest. Its methods may be called from several
// goroutines.
type Events struct {
	cfg     EventsConfig
	start   uint64
	seconds uint64
}

// NewEvents returns the events of a configuration.
func NewEvents(cfg EventsConfig) (*Events, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	cfg = cfg.withDefaults()
	return &Events{cfg: cfg, start: uint64(cfg.Start.Unix()), seconds: uint64(cfg.Days) * 86400}, nil
}

// An Event says what an event is, for whoever checks what became of it.
type Event struct {
	Kind Kind
	// Original is the index of the event that this one repeats; its own index
	// unless Kind is Duplicate.
	Original uint64
	// Type is the index of the event's name, below EventsConfig.Types.
	Type int
	// CreatedAt is in seconds of Unix time. It is 0 when the event is bad.
	CreatedAt int64
	// UserID is what the tally adds up. It is 0 when the event is bad.
	UserID uint64
}

// duplicateReach is how far back, in events, a duplicate's original lies.
const duplicateReach = 2000

// Append appends event index to dst, without a newline.
func (e *Events) Append(dst []byte, index uint64) ([]byte, Event) {
	kind, original, r := e.resolve(index)
	dst, event := e.appendEvent(dst, r, kind)
	event.Kind, event.Original = kind, original
	return dst, event
}

// resolve says what kind of event an index has, and returns the generator of
// the event to write: for a duplicate that of an earlier event which is not
// itself a duplicate.
func (e *Events) resolve(index uint64) (kind Kind, original uint64, r random) {
	r = at(e.cfg.Seed, index)
	kind = e.kind(&r)
	if kind != Duplicate {
		return kind, index, r
	}
	back := min(r.between(1, duplicateReach), index)
	for i := range back {
		original = index - back + i
		earlier := at(e.cfg.Seed, original)
		if e.kind(&earlier) == Good {
			return Duplicate, original, earlier
		}
	}
	return Good, index, r // the first events have nothing to repeat
}

func (e *Events) kind(r *random) Kind {
	if e.cfg.Duplicates == 0 && e.cfg.Bad == 0 {
		return Good
	}
	switch {
	case r.chance(e.cfg.Bad):
		return BrokenJSON + Kind(r.below(4))
	case r.chance(e.cfg.Duplicates):
		return Duplicate
	default:
		return Good
	}
}

func (e *Events) appendEvent(dst []byte, r random, kind Kind) ([]byte, Event) {
	begin := len(dst)
	event := Event{Type: int(r.below(uint64(e.cfg.Types)))}
	event.CreatedAt = int64(e.start + r.below(e.seconds))
	event.UserID = r.between(100000, 999999)
	typ := &eventTypes[event.Type]

	dst = append(dst, `{"event_uuid":"`...)
	dst = r.appendUUID(dst)
	dst = append(dst, typ.head...)
	switch kind {
	case WrongType:
		dst = append(dst, `"yesterday","user_id":"nobody"`...)
	case OutOfRange:
		dst = append(dst, `99999999999999999999999999,"user_id":99999999999999999999999999`...)
	default:
		dst = strconv.AppendInt(dst, event.CreatedAt, 10)
		dst = append(dst, `,"user_id":`...)
		dst = strconv.AppendUint(dst, event.UserID, 10)
	}
	if kind == InvalidUTF8 {
		dst = append(dst, ",\"note\":\"\xff\xfe\""...)
	}
	for i := range typ.fields {
		dst = typ.fields[i].append(dst, &r)
	}
	dst = append(dst, '}')
	if kind == BrokenJSON {
		dst = dst[:begin+(len(dst)-begin)*2/3]
	}
	if kind != Good && kind != Duplicate {
		event.CreatedAt, event.UserID = 0, 0
	}
	return dst, event
}

// AppendKey appends the partition key of event index: its user, so that one
// user's events keep their order.
func (e *Events) AppendKey(dst []byte, index uint64) []byte {
	_, _, r := e.resolve(index)
	r.next()
	r.next()
	return strconv.AppendUint(append(dst, 'u'), r.between(100000, 999999), 10)
}

// TypeName is the event_name of a type, such as "payment:order:completed".
func TypeName(typ int) string { return eventTypes[typ].name }
