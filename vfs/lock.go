package vfs

import "fmt"

// A LockedError says that a file is locked by someone else.
type LockedError struct {
	Name string
	// PID is the process that holds the lock, 0 when unknown.
	PID int
}

// Error names the file and the process.
func (e *LockedError) Error() string {
	if e.PID == 0 {
		return fmt.Sprintf("%s is locked by another process", e.Name)
	}
	return fmt.Sprintf("%s is locked by process %d", e.Name, e.PID)
}
