package server

import (
	"net/http"
	"time"
)

// protocols are those that the HTTP listeners speak: HTTP/1.1, and HTTP/2 over
// TLS and, for clients that know it beforehand, without. AWS's SDKs for Java and
// JavaScript speak HTTP/2 to Kinesis.
func protocols() *http.Protocols {
	p := new(http.Protocols)
	p.SetHTTP1(true)
	p.SetHTTP2(true)
	p.SetUnencryptedHTTP2(true)
	return p
}

// http2 bounds what one HTTP/2 connection may have open and in memory.
func http2() *http.HTTP2Config {
	return &http.HTTP2Config{
		// A subscription is one, and a client may follow all shards of a stream
		// over one connection.
		MaxConcurrentStreams: 1000,
		// Bodies that are not read yet, as those of others fill the memory for
		// them: one such request must not stop all of its connection.
		MaxReceiveBufferPerConnection: 2 << 20,
		MaxReceiveBufferPerStream:     256 << 10,
		// A client that has gone without a word is noticed in a minute and a half.
		SendPingTimeout: time.Minute,
		PingTimeout:     30 * time.Second,
	}
}
