// Package secure gives Leat's listeners encryption: the certificate that they
// prove themselves with, and a listener whose one address answers both clients
// that speak TLS and those that do not.
//
// Promises:
//   - A certificate that cannot be used is refused when it is loaded; one that
//     replaces another while the server runs takes effect only as a whole.
//   - Telling TLS from plain text never holds up Accept: each connection is
//     looked at by itself, and given up when its first byte does not come.
//   - A key that the package makes can be read by its owner alone.
//
// It decides nothing about who may connect: that is for signatures and
// passwords.
package secure
