//go:build unix

package server

import "syscall"

// maxHandles is how many files and sockets the process may have open; 0 when
// that cannot be found out.
func maxHandles() int {
	var limit syscall.Rlimit
	if syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit) != nil {
		return 0
	}
	return int(min(limit.Cur, 1<<30))
}
