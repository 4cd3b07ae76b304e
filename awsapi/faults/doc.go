// Package faults makes chosen requests go wrong on purpose, so that people can
// test how their producers and consumers bear it: answers that are late, that
// are errors, that never come, or that refuse some records of a batch.
//
// A Rule says which requests, what share of them, and what becomes of those. A
// Set holds the rules that apply now and counts what they did.
//
// Promises:
//   - What becomes of a rule's n-th request depends on the rule, its seed and n
//     alone: a run with the same seed and the same requests repeats.
//   - A rule that makes no sense, or names an operation or an error that the
//     service does not have, is refused with the reason.
//   - Every injected fault is counted, by service, operation and effect.
//
// The package only decides. Who answers requests (awsapi) carries it out.
package faults
