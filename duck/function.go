package duck

/*
#include "function.h"
*/
import "C"

// registerFunctions makes the scalar functions that are written in C known to
// the database. Their names begin with leat_; each is described where it is
// written, in function_*.c.
func registerFunctions(conn *Conn) error {
	if name := C.leat_register_functions(conn.handle.Ptr); name != nil {
		return &Error{Type: Internal, Message: "the function " + C.GoString(name) + " cannot be registered", Position: -1}
	}
	return nil
}
