package server

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"log/slog"
	"net/http"
	"os"
	"strings"
	"testing"
)

// TestHTTPSHasHTTP2 asks the whole server, in each way that clients have.
func TestHTTPSHasHTTP2(t *testing.T) {
	cfg := testConfig(t, t.TempDir())
	cfg.TLSSelfSigned = true
	s, err := Open(cfg)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	text, err := os.ReadFile(cfg.TrustFile())
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(text)
	for _, test := range []struct {
		scheme string
		h2     bool
		major  int
	}{{"http", false, 1}, {"https", false, 1}, {"https", true, 2}} {
		transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}, ForceAttemptHTTP2: test.h2}
		defer transport.CloseIdleConnections()
		answer, err := (&http.Client{Transport: transport}).Get(test.scheme + "://" + s.Addrs().AWS)
		if err != nil {
			t.Errorf("%+v: %v", test, err)
			continue
		}
		answer.Body.Close()
		if answer.ProtoMajor != test.major || (answer.TLS != nil) != (test.scheme == "https") {
			t.Errorf("%+v: answered by %s, TLS %v", test, answer.Proto, answer.TLS != nil)
		}
	}
	if !s.CanReload() {
		t.Error("the certificate cannot be read again")
	}
	if err := s.Reload(); err != nil {
		t.Error(err)
	}
}

func TestOtherMachinesWithoutTLSAreWarnedOf(t *testing.T) {
	for _, test := range []struct {
		name string
		cfg  Config
		want int
	}{
		{"loopback", Config{}, 0},
		{"AWS", Config{AWSAddr: "0.0.0.0:0"}, 1},
		{"both", Config{AWSAddr: "0.0.0.0:0", SQLAddr: ":0"}, 2},
	} {
		var log strings.Builder
		test.cfg.Logger = slog.New(slog.NewTextHandler(&log, nil))
		s := &Server{cfg: test.cfg.withDefaults()}
		s.warnings()
		if got := strings.Count(log.String(), "without encryption"); got != test.want {
			t.Errorf("%s: %d warnings, want %d:\n%s", test.name, got, test.want, log.String())
		}
	}
}
