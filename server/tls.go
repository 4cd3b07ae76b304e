package server

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"

	"leat/server/secure"
)

// checkTLS says what is wrong with the settings of encryption.
func (c Config) checkTLS() error {
	switch {
	case (c.TLSCert == "") != (c.TLSKey == ""):
		return errors.New("TLS: give both the certificate and its key, or neither")
	case c.TLSSelfSigned && c.TLSCert != "":
		return errors.New("TLS: give a certificate or ask for a self-signed one, not both")
	}
	return nil
}

// certificate is what the listeners prove themselves with; nil when none is
// configured.
func (c Config) certificate(folder Folder) (*secure.Certificate, error) {
	switch {
	case c.TLSSelfSigned:
		return secure.SelfSigned(folder.TLS(), c.Now)
	case c.TLSCert != "":
		return secure.Load(c.TLSCert, c.TLSKey)
	}
	return nil, nil
}

// TLS is where the self-signed certificate is.
func (f Folder) TLS() string { return filepath.Join(string(f), "tls") }

// TrustFile is the file with the certificate that clients are to trust; empty
// when none was made here.
func (c Config) TrustFile() string {
	if !c.TLSSelfSigned {
		return ""
	}
	return filepath.Join(Folder(c.Data).TLS(), secure.CertificateName)
}

// sqlTLS is what PostgreSQL clients that ask for encryption get.
func (s *Server) sqlTLS() *tls.Config {
	if s.certificate == nil {
		return nil
	}
	return s.certificate.Config("postgresql")
}

// serveAWS answers the AWS APIs: in plain text and, with a certificate, over
// TLS on the same address.
func (s *Server) serveAWS(ctx context.Context) error {
	defer context.AfterFunc(ctx, s.aws.EndStreams)()
	if s.certificate == nil {
		return serveHTTP(ctx, s.listeners.aws, s.aws, s.cfg)
	}
	both := secure.Listen(s.listeners.aws, s.certificate.Config("h2", "http/1.1"), headerTimeout)
	var running sync.WaitGroup
	running.Go(both.Run)
	defer running.Wait()
	defer both.Close()
	return serveHTTP(ctx, both, s.aws, s.cfg)
}

// warnings logs, once, what an administrator may not have meant.
func (s *Server) warnings() {
	log := s.cfg.Logger
	if s.certificate != nil {
		if expires := s.certificate.Expires(); expires.Before(s.cfg.Now()) {
			log.Warn("the TLS certificate has expired: clients will not trust it", "expired", expires)
		}
		warnIfExposed(log, "TLS key", s.cfg.TLSKey)
		return
	}
	for _, listener := range []struct{ what, addr string }{{"AWS APIs", s.cfg.AWSAddr}, {"SQL", s.cfg.SQLAddr}} {
		if loopback, err := isLoopback(listener.addr); err == nil && !loopback {
			log.Warn("other machines connect without encryption: give --tls-cert and --tls-key, unless something in front encrypts",
				"listener", listener.what, "addr", listener.addr)
		}
	}
}

// warnIfExposed logs when every user of the machine may read a secret file.
// It is not refused: in containers, secrets are often mounted that way.
func warnIfExposed(log *slog.Logger, what, path string) {
	if path == "" {
		return
	}
	if info, err := os.Stat(path); err == nil && info.Mode().Perm()&0o004 != 0 {
		log.Warn("every user of this machine can read the "+what, "file", path, "mode", fmt.Sprintf("%04o", info.Mode().Perm()),
			"fix", "chmod 600 "+path)
	}
}
