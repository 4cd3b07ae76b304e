package secure

import (
	"crypto/tls"
	"fmt"
	"sync/atomic"
	"time"
)

// A Certificate is a certificate and its key, which may be replaced while
// connections use them. It may be used by any number of goroutines.
type Certificate struct {
	load    func() (*tls.Certificate, error)
	current atomic.Pointer[tls.Certificate]
}

// Load reads a certificate, with the chain that clients need, and its private
// key from files in PEM.
func Load(certFile, keyFile string) (*Certificate, error) {
	return newCertificate(func() (*tls.Certificate, error) {
		pair, err := tls.LoadX509KeyPair(certFile, keyFile)
		if err != nil {
			return nil, fmt.Errorf("TLS certificate %s with key %s: %w", certFile, keyFile, err)
		}
		return &pair, nil
	})
}

func newCertificate(load func() (*tls.Certificate, error)) (*Certificate, error) {
	c := &Certificate{load: load}
	return c, c.Reload()
}

// Reload reads the files again. New connections get what they hold now; after
// an error they go on getting what there was.
func (c *Certificate) Reload() error {
	pair, err := c.load()
	if err != nil {
		return err
	}
	c.current.Store(pair)
	return nil
}

// Expires is when clients stop trusting the certificate.
func (c *Certificate) Expires() time.Time { return c.current.Load().Leaf.NotAfter }

// Config returns settings for a server whose clients may choose among some
// protocols (ALPN); a client that names none is served as well.
func (c *Certificate) Config(protocols ...string) *tls.Config {
	return &tls.Config{
		MinVersion: tls.VersionTLS12,
		NextProtos: protocols,
		GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) {
			return c.current.Load(), nil
		},
	}
}
