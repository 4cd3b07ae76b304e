package delivery

import (
	"fmt"
	"runtime/debug"

	"leat"
)

// contain runs f, and makes a panic in it an error: what goes wrong with one
// delivery stream's records ends one attempt of it, and nothing else.
func (p *pipe) contain(f func() error) (err error) {
	defer func() {
		cause := recover()
		if cause == nil {
			return
		}
		p.logger.Error("delivery panicked", "panic", fmt.Sprint(cause), "stack", string(debug.Stack()))
		p.mu.Lock()
		p.panics++
		p.mu.Unlock()
		err = &leat.Error{Code: leat.Internal, Message: fmt.Sprintf("panic: %v", cause), Hint: "this is a fault of Leat; the log has the stack"}
	}()
	return f()
}
