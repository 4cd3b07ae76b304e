// Package vfs is Leat's only way to the disk, with a crashable and a failing
// implementation for tests.
package vfs

// FS is a file system.
type FS interface{}
