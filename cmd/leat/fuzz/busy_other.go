//go:build !linux

package fuzz

// share is the part of a processor that a thread gets which wants all of it; it
// is not measured here, where the machine must be idle.
func share() float64 { return 1 }
