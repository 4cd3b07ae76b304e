package secure

import (
	"bufio"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

func selfSigned(t *testing.T) (*Certificate, *x509.CertPool) {
	t.Helper()
	dir := t.TempDir()
	certificate, err := SelfSigned(dir, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	return certificate, trust(t, filepath.Join(dir, CertificateName))
}

func trust(t *testing.T, file string) *x509.CertPool {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(text) {
		t.Fatalf("no certificate in %s", text)
	}
	return pool
}

// serve answers HTTP on a listener of both kinds until the test ends.
func serve(t *testing.T, certificate *Certificate, timeout time.Duration) string {
	t.Helper()
	inner, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l := Listen(inner, certificate.Config("h2", "http/1.1"), timeout)
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		fmt.Fprintf(w, "%s %t %s", r.Proto, r.TLS != nil, body)
	})}
	var running sync.WaitGroup
	running.Go(l.Run)
	running.Go(func() {
		if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			t.Errorf("serve: %v", err)
		}
	})
	t.Cleanup(func() {
		server.Close()
		running.Wait()
	})
	return inner.Addr().String()
}

func TestOneAddressAnswersBothKinds(t *testing.T) {
	certificate, pool := selfSigned(t)
	addr := serve(t, certificate, time.Minute)
	// Clients that say nothing must not hold up the others.
	for range 10 {
		silent, err := net.Dial("tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		defer silent.Close()
	}
	_, port, _ := net.SplitHostPort(addr)
	for _, test := range []struct {
		url  string
		h2   bool
		want string
	}{
		{"http://127.0.0.1:" + port, false, "HTTP/1.1 false hello"},
		{"https://127.0.0.1:" + port, false, "HTTP/1.1 true hello"},
		{"https://127.0.0.1:" + port, true, "HTTP/2.0 true hello"},
		{"https://localhost:" + port, true, "HTTP/2.0 true hello"},
	} {
		transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}, ForceAttemptHTTP2: test.h2}
		defer transport.CloseIdleConnections()
		answer, err := (&http.Client{Transport: transport}).Post(test.url, "text/plain", strings.NewReader("hello"))
		if err != nil {
			t.Errorf("%s: %v", test.url, err)
			continue
		}
		text, _ := io.ReadAll(answer.Body)
		answer.Body.Close()
		if string(text) != test.want {
			t.Errorf("%s: got %q, want %q", test.url, text, test.want)
		}
	}
}

func TestWhoSaysNothingIsGivenUp(t *testing.T) {
	certificate, _ := selfSigned(t)
	conn, err := net.Dial("tcp", serve(t, certificate, time.Millisecond))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := conn.Read(make([]byte, 1)); err == nil {
		t.Error("a silent client got an answer")
	}
}

func TestCloseEndsWhoHasSaidNothing(t *testing.T) {
	certificate, _ := selfSigned(t)
	inner, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l := Listen(inner, certificate.Config(), time.Hour)
	var running sync.WaitGroup
	running.Go(l.Run)
	silent, err := net.Dial("tcp", inner.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	// This one comes after the silent one, so that one is being looked at.
	fmt.Fprint(dial(t, inner), "x")
	conn, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	if first, err := bufio.NewReader(conn).ReadByte(); err != nil || first != 'x' {
		t.Errorf("read %q, %v", first, err)
	}
	conn.Close()
	l.Close()
	running.Wait() // for an hour, if Close left the silent one alone
	if _, err := l.Accept(); !errors.Is(err, net.ErrClosed) {
		t.Errorf("accept after close: %v", err)
	}
}

func dial(t *testing.T, ln net.Listener) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}

func TestASelfSignedCertificateIsKeptAndRenewed(t *testing.T) {
	dir, now := t.TempDir(), time.Now()
	clock := func() time.Time { return now }
	first, err := SelfSigned(dir, clock)
	if err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(filepath.Join(dir, keyName))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the key has mode %v, %v", info.Mode(), err)
	}
	now = first.Expires().Add(-renewal - time.Minute)
	if again, err := SelfSigned(dir, clock); err != nil || !again.Expires().Equal(first.Expires()) {
		t.Errorf("a good certificate was replaced: %v", err)
	}
	now = first.Expires().Add(-renewal + time.Minute)
	if err := first.Reload(); err != nil || !first.Expires().After(now.Add(renewal)) {
		t.Errorf("an old certificate was kept: %v", err)
	}
	if err := os.Remove(filepath.Join(dir, keyName)); err != nil {
		t.Fatal(err)
	}
	if _, err := SelfSigned(dir, clock); err != nil {
		t.Errorf("with a certificate that lost its key: %v", err)
	}
}

func TestABadReplacementKeepsTheOldCertificate(t *testing.T) {
	dir, other := t.TempDir(), t.TempDir()
	for _, folder := range []string{dir, other} {
		if err := makeSelfSigned(folder, time.Now()); err != nil {
			t.Fatal(err)
		}
	}
	certFile, keyFile := filepath.Join(dir, CertificateName), filepath.Join(dir, keyName)
	if _, err := Load(certFile, filepath.Join(other, keyName)); err == nil || !strings.Contains(err.Error(), certFile) {
		t.Errorf("a certificate with another's key: %v", err)
	}
	certificate, err := Load(certFile, keyFile)
	if err != nil {
		t.Fatal(err)
	}
	before := certificate.current.Load()
	if err := os.WriteFile(certFile, []byte("nonsense"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := certificate.Reload(); err == nil || certificate.current.Load() != before {
		t.Errorf("nonsense was loaded: %v", err)
	}
}

// TestAStalledHandshakeIsGivenUp begins a handshake and does not go on: the
// server that has taken the connection ends it.
func TestAStalledHandshakeIsGivenUp(t *testing.T) {
	certificate, _ := selfSigned(t)
	inner, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l := Listen(inner, certificate.Config("http/1.1"), time.Minute)
	server := &http.Server{ReadHeaderTimeout: time.Millisecond, ErrorLog: log.New(io.Discard, "", 0)}
	var running sync.WaitGroup
	running.Go(l.Run)
	running.Go(func() { _ = server.Serve(l) }) // how it ends is another test's
	t.Cleanup(func() {
		server.Close()
		running.Wait()
	})
	conn := dial(t, inner)
	conn.Write([]byte{handshakeRecord, 3, 1})
	if _, err := io.Copy(io.Discard, conn); err != nil && !errors.Is(err, syscall.ECONNRESET) {
		t.Error(err)
	}
}
