package duck

/*
#include <stdlib.h>
#include "batch.h"

static void set_slot(leat_slots *slots, uint64_t slot, leat_batch *batch) {
	__atomic_store_n(&slots->slots[slot], batch, __ATOMIC_RELEASE);
}
*/
import "C"

import (
	"sync"
	"unsafe"
)

// batchFunction is the name of the table function that shows batches.
const batchFunction = "leat_batch"

// maxBatches is how many batches a database can have at once: one per view
// that refreshes.
const maxBatches = 4096

// A registry numbers a database's batches. Its table lies in C memory, where
// DuckDB's threads look a number up without calling into Go.
type registry struct {
	mu    sync.Mutex
	slots *C.leat_slots
	used  [maxBatches]bool // guarded by mu
}

func newRegistry(conn *Conn) (*registry, error) {
	r := &registry{slots: (*C.leat_slots)(C.calloc(1, C.sizeof_leat_slots))}
	r.slots.slots = (**C.leat_batch)(C.calloc(maxBatches, C.size_t(unsafe.Sizeof(uintptr(0)))))
	r.slots.count = maxBatches
	name := C.CString(batchFunction)
	defer C.free(unsafe.Pointer(name))
	if C.leat_register(conn.handle.Ptr, name, r.slots) != 0 {
		r.close()
		return nil, &Error{Type: Internal, Message: "the table function " + batchFunction + " cannot be registered", Position: -1}
	}
	return r, nil
}

// close frees the table; the database must be closed before.
func (r *registry) close() {
	C.free(unsafe.Pointer(r.slots.slots))
	C.free(unsafe.Pointer(r.slots))
}

func (r *registry) take(batch *C.leat_batch) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for slot := range r.used {
		if !r.used[slot] {
			r.used[slot] = true
			C.set_slot(r.slots, C.uint64_t(slot), batch)
			return slot, nil
		}
	}
	return 0, &Error{Type: OutOfRange, Message: "too many batches of records are open in one database", Position: -1}
}

func (r *registry) give(slot int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	C.set_slot(r.slots, C.uint64_t(slot), nil)
	r.used[slot] = false
}
