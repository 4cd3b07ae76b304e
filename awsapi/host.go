package awsapi

import (
	"fmt"
	"net"
	"net/netip"
	"strings"
)

// LoopbackHost reports whether a request's Host header names this machine
// itself. Without credentials only these are taken: otherwise a web page could
// point a name of its own at 127.0.0.1 and talk to Leat from the user's browser.
func LoopbackHost(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	host = strings.TrimSuffix(strings.ToLower(host), ".")
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return true
	}
	address, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return err == nil && address.IsLoopback()
}

func megabytes(n int64) string {
	return fmt.Sprintf("%d MiB", n>>20)
}
