package warehouse

import (
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync/atomic"
)

// panics counts what guard has caught, in all warehouses of the process.
var panics atomic.Uint64

// Panics returns how many panics have been caught since the program started.
// Each is a fault of the program, and has been logged where it was caught.
func Panics() uint64 { return panics.Load() }

// A panicError is a panic that was caught at the edge of a loop or a statement.
type panicError struct {
	value any
	stack []byte
}

func (e *panicError) Error() string { return fmt.Sprintf("internal error: %v", e.value) }

// guard runs f and returns a panic of it as an error: it is the end of one
// statement or one refresh, not of the process.
func guard(f func() error) (err error) {
	defer func() {
		if value := recover(); value != nil {
			panics.Add(1)
			err = &panicError{value: value, stack: debug.Stack()}
		}
	}()
	return f()
}

// logFailure logs what a loop goes on from: as a warning, or with its stack
// when it is a fault of the program.
func (w *Warehouse) logFailure(log *slog.Logger, what string, err error) {
	var panicked *panicError
	if errors.As(err, &panicked) {
		log.Error(what, "err", err, "stack", string(panicked.stack))
		return
	}
	log.Warn(what, "err", err)
}

// guard runs a part of a statement. A panic ends the statement, and the
// transaction that it runs in.
func (s *Session) guard(f func() error) error {
	err := guard(f)
	var panicked *panicError
	if !errors.As(err, &panicked) {
		return err
	}
	s.w.cfg.Logger.Error("run a statement", "session", s.id, "err", err, "stack", string(panicked.stack))
	if open := s.open; open != nil {
		open.err = err
		open.release()
	}
	if s.tx.state == txStatement {
		s.rollback()
	}
	return err
}
