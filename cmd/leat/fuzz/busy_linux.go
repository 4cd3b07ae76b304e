package fuzz

import (
	"runtime"
	"syscall"
	"time"
)

// share is the part of a processor that a thread gets which wants all of it,
// above 0 and at most 1: little on a machine that others use.
func share() float64 {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	began, used := time.Now(), threadTime()
	for time.Since(began) < 300*time.Millisecond {
	}
	return min(1, max(0.02, float64(threadTime()-used)/float64(time.Since(began))))
}

// threadTime is the processor time that this thread has used.
func threadTime() time.Duration {
	var usage syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_THREAD, &usage) != nil {
		return 0
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
