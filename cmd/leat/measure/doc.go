// Package measure is what demo and bench measure with: latencies in a histogram
// of fixed size, the freshness of a view as a SQL client sees it, the machine,
// and the memory of a process.
//
// It takes numbers and adds them up; it starts nothing, and it knows nothing of
// what is measured.
package measure
