package shardlog

import "sync"

// atOnce is how many streams are opened or closed at a time. Most of it is
// waiting for the disk, which syncs many files in little more time than one.
const atOnce = 8

// together calls do with 0 … n-1, several at a time, and returns when all have
// returned.
func together(n int, do func(i int)) {
	next := make(chan int)
	var workers sync.WaitGroup
	for range min(n, atOnce) {
		workers.Go(func() {
			for i := range next {
				do(i)
			}
		})
	}
	for i := range n {
		next <- i
	}
	close(next)
	workers.Wait()
}
