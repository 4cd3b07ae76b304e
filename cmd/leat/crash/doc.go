// Package crash kills a server again and again under mixed load, as a power cut
// would, and looks whether everything that was acknowledged is there: once, and
// whole.
//
// The load is records into a stream that a streaming view and two delivery
// streams read, transfers between accounts in SQL transactions, tables and views
// that come and go, and shards that split and merge. A campaign remembers of each
// act whether it was acknowledged, refused, or cut off, which is either. What
// was acknowledged must be there, what was refused must not, and nothing may be
// there twice or by half.
//
// The server runs in a process of its own and is killed with SIGKILL. Whether a
// disk keeps its word when the power fails is not tried here.
package crash
