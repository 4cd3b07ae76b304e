//go:build unix

package server

import "syscall"

// freeBytes is how much room is left for this process on a folder's disk.
func freeBytes(dir string) (free int64, known bool) {
	var disk syscall.Statfs_t
	if err := syscall.Statfs(dir, &disk); err != nil {
		return 0, false
	}
	return int64(disk.Bavail) * int64(disk.Bsize), true
}
