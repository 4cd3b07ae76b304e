package warehouse

import (
	"fmt"
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
