package pgwire

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"math/big"
	"net"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

func certificate(t *testing.T) *tls.Config {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
}

func TestPasswordsAreChecked(t *testing.T) {
	for _, secure := range []bool{false, true} {
		cfg := Config{Credentials: map[string]string{"admin": "pässword 1", "reader": "other"}}
		mode := "disable"
		if secure {
			cfg.TLS, mode = certificate(t), "require"
		}
		ts := startServer(t, cfg)
		for _, c := range []struct{ user, password, want string }{
			{"admin", "pässword 1", ""},
			{"reader", "other", ""},
			{"admin", "other", "28P01"},
			{"reader", "pässword 1", "28P01"},
			{"nobody", "other", "28P01"},
		} {
			pc, err := pgx.ParseConfig(fmt.Sprintf("host=127.0.0.1 port=%s dbname=dev user=%s password='%s' sslmode=%s",
				ts.addr[strings.LastIndex(ts.addr, ":")+1:], c.user, c.password, mode))
			if err != nil {
				t.Fatal(err)
			}
			conn, err := pgx.ConnectConfig(testContext(t), pc)
			if err == nil {
				_, encrypted := conn.PgConn().Conn().(*tls.Conn)
				if encrypted != secure {
					t.Errorf("encrypted: %v, want %v", encrypted, secure)
				}
				if err := conn.Ping(testContext(t)); err != nil {
					t.Error(err)
				}
				conn.Close(context.Background())
			}
			if (err != nil || c.want != "") && sqlstate(err) != c.want {
				t.Errorf("%s with %q: %v, want %q", c.user, c.password, err, c.want)
			}
		}
	}
}

// TestPsqlAuthenticates checks the exchange against the other implementation.
func TestPsqlAuthenticates(t *testing.T) {
	psql := lookPsql(t)
	for _, mode := range []string{"disable", "require"} {
		cfg := Config{Credentials: map[string]string{"admin": "right"}}
		if mode == "require" {
			cfg.TLS = certificate(t)
		}
		ts := startServer(t, cfg)
		for password, want := range map[string]string{"right": "row 0", "wrong": `password authentication failed for user "admin"`} {
			cmd := exec.CommandContext(testContext(t), psql, "-X", "-Atc", "rows 1", fmt.Sprintf("postgres://admin:%s@%s/dev?sslmode=%s", password, ts.addr, mode))
			out, _ := cmd.CombinedOutput()
			if !strings.Contains(string(out), want) {
				t.Errorf("password %s, sslmode %s: %s", password, mode, out)
			}
		}
	}
}

// TestUnknownUsersLookLikeWrongPasswords: the salt of one who does not exist does
// not change from try to try.
func TestUnknownUsersLookLikeWrongPasswords(t *testing.T) {
	v, err := newVerifiers(map[string]string{"admin": "x"})
	if err != nil {
		t.Fatal(err)
	}
	first, second, other := v.of("nobody"), v.of("nobody"), v.of("someone")
	if first.Salt != second.Salt || first.Salt == other.Salt || len(first.Salt) != len(v.of("admin").Salt) {
		t.Error("salts of unknown users give them away")
	}
}

func TestStartupRefusals(t *testing.T) {
	ts := startServer(t, Config{})
	for dsn, want := range map[string]string{
		"postgres://admin@%s/prod?sslmode=disable":                          "3D000",
		"postgres://admin@%s/dev?sslmode=disable&client_encoding=LATIN1":    "22023",
		"postgres://admin@%s/dev?sslmode=disable&replication=database":      "0A000",
		"postgres://admin@%s/dev?sslmode=disable&options=-x":                "42601",
		"postgres://admin@%s/dev?sslmode=disable&options=-c%%20novalue":     "42601",
		"postgres://admin@%s/dev?sslmode=disable&client_encoding=sql_ascii": "",
	} {
		conn, err := pgx.Connect(testContext(t), fmt.Sprintf(dsn, ts.addr))
		if err == nil {
			conn.Close(context.Background())
		}
		if (err != nil || want != "") && sqlstate(err) != want {
			t.Errorf("%s: %v, want %q", dsn, err, want)
		}
	}
}

func TestConfigIsChecked(t *testing.T) {
	for name, cfg := range map[string]Config{
		"connections":    {MaxConnections: -1},
		"message":        {MaxMessageBytes: -1},
		"timeout":        {StartupTimeout: -1},
		"certificate":    {TLS: &tls.Config{}},
		"empty password": {Credentials: map[string]string{"a": ""}},
	} {
		if _, err := newServer(cfg, newMemEngine()); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if _, err := New(Config{}); err == nil {
		t.Error("no warehouse: no error")
	}
}
