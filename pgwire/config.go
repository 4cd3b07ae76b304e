package pgwire

import (
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"leat/warehouse"
)

// Config configures a Server.
type Config struct {
	// Warehouse runs the statements. Required.
	Warehouse *warehouse.Warehouse
	// Credentials are the passwords by user name, checked with SCRAM-SHA-256.
	// Empty: every user is let in without a password, which is only right on
	// loopback.
	Credentials map[string]string
	// TLS, when set, is offered to clients that ask for encryption. It needs at
	// least one certificate. Nil: clients are told that there is none.
	TLS *tls.Config
	// MaxConnections is how many clients may be connected that have proven who they
	// are; the next one is refused with 53300. Default 200.
	MaxConnections int
	// MaxStarting is how many clients may be connected beside those without having
	// proven who they are; for the next one, the one that has been there longest is
	// sent away with 53300. Default: 100 more than MaxConnections, so that as many
	// as may be connected can start at the same moment.
	MaxStarting int
	// MaxMessageBytes bounds one message of a client: a statement's text or a
	// statement's parameters. Default 32 MiB, which holds the largest statement
	// (16 MB) and the largest SUPER value (16 MB).
	MaxMessageBytes int
	// MessageMemory bounds what the messages of all clients take together, and the
	// statements made of them, in bytes: others wait. Messages of up to 8 KiB do
	// not count. Default 64 MiB, at least 1 MiB.
	MessageMemory int64
	// MessageWait is how long a message waits for that memory, unless the
	// session's statement_timeout is shorter; then it is refused with 53200.
	// Default 60 s.
	MessageWait time.Duration
	// StartupTimeout bounds encryption, start-up and authentication together.
	// Default 30 s.
	StartupTimeout time.Duration
	// StopTimeout is how long running statements may go on once Serve's context
	// has ended, before they are cancelled. Default 5 s; negative: none at all.
	StopTimeout time.Duration
	// Logger gets one line per refused or broken connection. Default: none.
	Logger *slog.Logger
}

func (c Config) withDefaults() Config {
	if c.MaxConnections == 0 {
		c.MaxConnections = 200
	}
	if c.MaxStarting == 0 {
		c.MaxStarting = c.MaxConnections + 100
	}
	if c.MaxMessageBytes == 0 {
		c.MaxMessageBytes = 32 << 20
	}
	if c.MessageMemory == 0 {
		c.MessageMemory = 64 << 20
	}
	if c.MessageWait == 0 {
		c.MessageWait = time.Minute
	}
	if c.StartupTimeout == 0 {
		c.StartupTimeout = 30 * time.Second
	}
	if c.StopTimeout == 0 {
		c.StopTimeout = 5 * time.Second
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	return c
}

// Validate reports settings that make no sense.
func (c Config) Validate() error {
	if c.MaxConnections < 0 {
		return fmt.Errorf("pgwire: MaxConnections is %d, must be positive", c.MaxConnections)
	}
	if c.MaxStarting < 0 {
		return fmt.Errorf("pgwire: MaxStarting is %d, must be positive", c.MaxStarting)
	}
	if c.MaxMessageBytes < 0 {
		return fmt.Errorf("pgwire: MaxMessageBytes is %d, must be positive", c.MaxMessageBytes)
	}
	if c.MessageMemory < 1<<20 {
		return fmt.Errorf("pgwire: MessageMemory is %d, must be at least 1 MiB", c.MessageMemory)
	}
	if c.MessageWait < 0 {
		return fmt.Errorf("pgwire: MessageWait is %s, must be positive", c.MessageWait)
	}
	if c.StartupTimeout < 0 {
		return fmt.Errorf("pgwire: StartupTimeout is %s, must be positive", c.StartupTimeout)
	}
	if c.TLS != nil && len(c.TLS.Certificates) == 0 && c.TLS.GetCertificate == nil && c.TLS.GetConfigForClient == nil {
		return errors.New("pgwire: TLS has no certificate")
	}
	for user, password := range c.Credentials {
		if user == "" || password == "" {
			return errors.New("pgwire: a credential has an empty user name or password")
		}
	}
	return nil
}
