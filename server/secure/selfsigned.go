package secure

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"time"
)

// CertificateName is the file, in its folder, that clients are to trust.
const CertificateName = "certificate.pem"

const (
	keyName = "key.pem"
	// lifetime is the longest that all clients accept for a certificate that was
	// not made by a public authority.
	lifetime = 825 * 24 * time.Hour
	// renewal is how long before its end a certificate is replaced.
	renewal = 30 * 24 * time.Hour
)

// SelfSigned returns a certificate of our own for localhost and the loopback
// addresses, kept in dir; it is made when there is none, or none that is good
// for another 30 days.
func SelfSigned(dir string, now func() time.Time) (*Certificate, error) {
	return newCertificate(func() (*tls.Certificate, error) {
		pair, err := tls.LoadX509KeyPair(filepath.Join(dir, CertificateName), filepath.Join(dir, keyName))
		if err == nil && now().Before(pair.Leaf.NotAfter.Add(-renewal)) {
			return &pair, nil
		}
		// A crash may have left one file without the other: both are ours to
		// replace.
		if err := makeSelfSigned(dir, now()); err != nil {
			return nil, fmt.Errorf("make a self-signed certificate: %w", err)
		}
		pair, err = tls.LoadX509KeyPair(filepath.Join(dir, CertificateName), filepath.Join(dir, keyName))
		if err != nil {
			return nil, fmt.Errorf("self-signed certificate: %w", err)
		}
		return &pair, nil
	})
}

func makeSelfSigned(dir string, now time.Time) error {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127))
	if err != nil {
		return err
	}
	// It is no authority (CA): it can vouch for itself, and for nobody else.
	template := &x509.Certificate{
		SerialNumber:          serial,
		Subject:               pkix.Name{Organization: []string{"Leat, self-signed"}, CommonName: "localhost"},
		NotBefore:             now.Add(-time.Hour),
		NotAfter:              now.Add(lifetime),
		KeyUsage:              x509.KeyUsageDigitalSignature,
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		BasicConstraintsValid: true,
		DNSNames:              []string{"localhost"},
		IPAddresses:           []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback},
	}
	certificate, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return err
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return err
	}
	err = writePEM(filepath.Join(dir, keyName), "PRIVATE KEY", private, 0o600)
	if err != nil {
		return err
	}
	return writePEM(filepath.Join(dir, CertificateName), "CERTIFICATE", certificate, 0o644)
}

// writePEM replaces a file. Package vfs, through which everything else goes,
// has no modes: a key needs its own.
func writePEM(path, kind string, content []byte, mode os.FileMode) error {
	temp := path + ".tmp"
	if err := os.Remove(temp); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	file, err := os.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return err
	}
	err = errors.Join(pem.Encode(file, &pem.Block{Type: kind, Bytes: content}), file.Close())
	if err != nil {
		return err
	}
	return os.Rename(temp, path)
}
