package pgwire

import (
	"net"
	"net/netip"
)

// A place is where connections come from, as far as an address tells who is
// behind it: an IPv4 address, or the /64 that an IPv6 host is given whole. The
// zero place is of connections without an IP address.
type place struct{ netip.Prefix }

func placeOf(addr net.Addr) place {
	tcp, ok := addr.(*net.TCPAddr)
	if !ok {
		return place{}
	}
	ip := tcp.AddrPort().Addr().Unmap().WithZone("")
	bits := ip.BitLen()
	if ip.Is6() {
		bits = 64
	}
	prefix, _ := ip.Prefix(bits) // the zero place for an address that is none
	return place{prefix}
}
