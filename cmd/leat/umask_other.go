//go:build !unix

package main

// keepFilesPrivate does nothing: such systems have no umask.
func keepFilesPrivate() {}
