package duck

/*
#include <stdlib.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

// leat_return_memory gives the pages of freed memory back to the system.
static void leat_return_memory(void) {
#ifdef __GLIBC__
	malloc_trim(0);
#endif
}

// leat_limit_arenas bounds how many heaps the threads share: what is freed in
// one of them is of no use to threads of another.
static void leat_limit_arenas(int most) {
#ifdef __GLIBC__
	mallopt(M_ARENA_MAX, most);
#endif
}
*/
import "C"

import "sync"

// maxArenas is how many heaps C code has.
const maxArenas = 4

var limitArenas = sync.OnceFunc(func() { C.leat_limit_arenas(maxArenas) })

// ReturnMemory gives memory that C code has freed back to the system. It takes
// milliseconds for a heap of gigabytes.
func ReturnMemory() { C.leat_return_memory() }
