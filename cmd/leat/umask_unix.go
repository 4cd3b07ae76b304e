//go:build unix

package main

import "syscall"

// keepFilesPrivate makes the files that the program creates unreadable for
// other users of the machine, those of the databases inside too, which ask for
// no permissions of their own.
func keepFilesPrivate() { syscall.Umask(0o027) }
