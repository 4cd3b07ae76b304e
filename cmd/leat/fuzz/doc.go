// Package fuzz feeds a running server with records and statements that nobody
// would write, and looks at everything it does with them.
//
// Documents of every malice go into a stream that streaming views and delivery
// streams read, and into SELECTs as literals and parameters. Statements come from
// a grammar of the dialect, from mutations of known ones, and from things that
// grow. Meanwhile a probe looks whether records still become visible.
//
// What must hold: the process lives and writes no panic; every statement is
// answered, or refused with an SQLSTATE that is not an internal error, within its
// timeout and a second; all that is sent out is UTF-8; memory stays in its bound;
// every record is in each view or its quarantine, in each bucket or under its
// error prefix, once; and a value is the same in a view, in a SELECT over the
// literal, in the lake, and by Go's own reading of the document.
//
// A document depends on the seed and its number, a statement on the seed, its
// session and its number; what runs at the same time does not repeat.
package fuzz
