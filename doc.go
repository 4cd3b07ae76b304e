// Package leat holds the words that every part of Leat shares: a Record, its
// Sequence number, and Error, which carries a code that the front doors turn
// into the answer of the service they speak for.
//
// It imports nothing but the standard library and holds no behaviour beyond
// the words themselves. Everything else lives in the packages below it:
// ARCHITECTURE.md lists them and follows one record through them.
package leat
