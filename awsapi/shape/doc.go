// Package shape describes the requests of AWS operations as tables, and turns
// a decoded request into checked values, with the errors AWS gives.
//
// A Shape says of one value what the services' own models say: its type, its
// bounds, its pattern, its members. Check walks a request along its shape:
// the first value of a wrong type is a serialization fault; broken constraints
// are collected, counted and reported together in the words AWS uses. What
// passes is an Object whose members have Go types, so that operations read
// values and never check them again.
//
// A request comes in as the tree encoding/json makes of it (with numbers kept
// as text), or as the one that package cbor makes. Members a shape does not
// name are dropped, as AWS drops them. The package knows no service and no
// operation; the tables are beside the operations.
package shape
