package faults

import (
	"fmt"
	"log/slog"
	"maps"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// MaxRules is how many rules there may be at a time.
const MaxRules = 100

// A Service is what rules may be about.
type Service struct {
	Name       string
	Operations []string
}

// Config configures a Set.
type Config struct {
	// Services are those that rules may name. Required.
	Services []Service
	Now      func() time.Time // default time.Now
	// Logger gets one line for every rule that begins or ends. Default: none.
	Logger *slog.Logger
}

// A Set is the rules that apply now. It may be used by any number of
// goroutines.
type Set struct {
	cfg   Config
	rules atomic.Pointer[[]*active] // replaced whole

	mu      sync.Mutex // for who replaces rules; guards counted
	counted map[Counter]uint64
}

// A Counter is what injected faults are counted by.
type Counter struct{ Service, Operation, Effect string }

// An active rule is one with what it has done so far.
type active struct {
	Rule
	since time.Time

	mu       sync.Mutex // guards what follows
	matched  uint64
	injected int64
	ended    bool
}

// A Status is a rule and what it has done so far.
type Status struct {
	Rule
	Since time.Time `json:"since"`
	// Matched is how many requests the rule concerned, Injected how many of them
	// went wrong.
	Matched  uint64 `json:"matched"`
	Injected int64  `json:"injected"`
	// Ended says that the rule's count or time is over.
	Ended bool `json:"ended,omitempty"`
}

// New returns a set without rules.
func New(cfg Config) *Set {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	s := &Set{cfg: cfg, counted: map[Counter]uint64{}}
	s.rules.Store(new([]*active))
	return s
}

// Put adds a rule at the end, or begins the one of the same name anew, in its
// place. The error says what is wrong with it.
func (s *Set) Put(rule Rule) error {
	begun, err := s.begin(rule)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	rules := slices.Clone(*s.rules.Load())
	if i := slices.IndexFunc(rules, func(a *active) bool { return a.Name == rule.Name }); i >= 0 {
		rules[i] = begun
	} else {
		rules = append(rules, begun)
	}
	if len(rules) > MaxRules {
		return fmt.Errorf("rule %s: there may be no more than %d rules", rule.Name, MaxRules)
	}
	s.rules.Store(&rules)
	s.logBegun(begun)
	return nil
}

// Replace puts rules in place of those that there are: all of them or, when one
// of them is wrong, none.
func (s *Set) Replace(rules []Rule) error {
	if len(rules) > MaxRules {
		return fmt.Errorf("there may be no more than %d rules", MaxRules)
	}
	begun := make([]*active, len(rules))
	for i, rule := range rules {
		if slices.ContainsFunc(begun[:i], func(a *active) bool { return a.Name == rule.Name }) {
			return fmt.Errorf("rule %s is there twice", rule.Name)
		}
		var err error
		if begun[i], err = s.begin(rule); err != nil {
			return err
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(*s.rules.Load()) > 0 {
		s.cfg.Logger.Warn("faults cleared")
	}
	s.rules.Store(&begun)
	for _, one := range begun {
		s.logBegun(one)
	}
	return nil
}

// Remove ends a rule; false: there is none of that name.
func (s *Set) Remove(name string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	old := *s.rules.Load()
	rules := slices.DeleteFunc(slices.Clone(old), func(a *active) bool { return a.Name == name })
	if len(rules) == len(old) {
		return false
	}
	s.rules.Store(&rules)
	s.cfg.Logger.Warn("fault cleared", "fault", name)
	return true
}

// begin checks a rule and readies it.
func (s *Set) begin(rule Rule) (*active, error) {
	if err := rule.check(s.cfg.Services); err != nil {
		if rule.Name == "" {
			return nil, err
		}
		return nil, fmt.Errorf("rule %s: %w", rule.Name, err)
	}
	if rule.Seed == 0 {
		rule.Seed = uint64(rand.Uint32()) + 1 // short enough to be typed again
	}
	return &active{Rule: rule, since: s.cfg.Now()}, nil
}

func (s *Set) logBegun(a *active) {
	s.cfg.Logger.Warn("fault set: requests go wrong on purpose",
		"fault", a.Name, "service", a.Service, "operations", a.Operations, "stream", a.Stream, "effect", a.effect(), "share", a.Share, "seed", a.Seed)
}

// Decide says what becomes of a request; nil: nothing. The first rule that
// wants it gets it. stream is asked for only when a rule is about one stream.
func (s *Set) Decide(service, operation string, stream func() string) *Decision {
	for _, one := range *s.rules.Load() {
		if !one.concerns(service, operation) || one.Stream != "" && one.Stream != stream() {
			continue
		}
		if d := one.next(s.cfg.Now(), s.cfg.Logger); d != nil {
			s.count(Counter{service, operation, one.effect()})
			return d
		}
	}
	return nil
}

// next decides about the next request.
func (a *active) next(now time.Time, log *slog.Logger) *Decision {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.overLocked(now) {
		a.endLocked(log)
		return nil
	}
	d := a.decide(a.matched)
	a.matched++
	if d != nil {
		a.injected++
	}
	if a.overLocked(now) {
		a.endLocked(log)
	}
	return d
}

func (a *active) overLocked(now time.Time) bool {
	return a.Count > 0 && a.injected >= a.Count || a.For > 0 && now.Sub(a.since) >= time.Duration(a.For)
}

func (a *active) endLocked(log *slog.Logger) {
	if !a.ended {
		a.ended = true
		log.Warn("fault ended", "fault", a.Name, "injected", a.injected)
	}
}

func (s *Set) count(c Counter) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.counted[c]++
}

// Status returns the rules in the order in which they are asked.
func (s *Set) Status() []Status {
	now := s.cfg.Now()
	all := []Status{}
	for _, one := range *s.rules.Load() {
		one.mu.Lock()
		all = append(all, Status{Rule: one.Rule, Since: one.since, Matched: one.matched, Injected: one.injected, Ended: one.overLocked(now)})
		one.mu.Unlock()
	}
	return all
}

// Injected returns how many faults there have been since the set was made.
func (s *Set) Injected() map[Counter]uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return maps.Clone(s.counted)
}
