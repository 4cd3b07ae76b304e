package server

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"runtime"
	"time"

	"leat/awsapi"
)

// Config configures a Server. The zero value of a field is its default.
type Config struct {
	// Data is the folder that holds everything. Required; made if need be.
	Data string
	// AWSAddr is where the AWS APIs answer; default 127.0.0.1:4566. Port 0 takes
	// a free port, here and below.
	AWSAddr string
	// SQLAddr is where PostgreSQL clients connect; default 127.0.0.1:5439.
	SQLAddr string
	// HTTPAddr is where /healthz and /metrics are; default 127.0.0.1:8080. It is
	// on loopback only: nothing there asks for a password.
	HTTPAddr string

	// AccessKeyID and SecretAccessKey, when set, are a key pair that AWS requests
	// may be signed with. Both or neither.
	AccessKeyID     string
	SecretAccessKey string
	// CredentialsFile has more key pairs, in the format of ~/.aws/credentials:
	// each profile is an identity. With a pair from either, every AWS request
	// must be signed.
	CredentialsFile string
	// User is the SQL user; default admin. Password, when set, is what it must
	// give.
	User     string
	Password string

	// TLSCert and TLSKey are files in PEM: the certificate, with the chain that
	// clients need, and its key. With them the AWS address answers HTTPS beside
	// HTTP, and the SQL address encrypts for clients that ask. Both or neither.
	TLSCert, TLSKey string
	// TLSSelfSigned makes a certificate for localhost and keeps it in the data
	// folder. It goes without TLSCert.
	TLSSelfSigned bool

	// Region is where those are who ask the AWS APIs without saying it; default
	// us-east-1. Account is the number of the one account there is; default
	// 000000000000.
	Region, Account string
	// AllowOrigins are origins whose pages may use the AWS APIs while no
	// credentials are set, beside those on this machine.
	AllowOrigins []string

	// SmallBuffers lets delivery streams that convert formats or partition have
	// buffers of less than 64 MB, which AWS refuses.
	SmallBuffers bool

	// EnforceLimits throttles the Kinesis API as AWS does; default: nothing is
	// throttled.
	EnforceLimits bool

	// KeepAggregates leaves aggregates of the Kinesis Producer Library whole in
	// streaming views, as Redshift does. Delivery streams take them apart, as
	// Firehose does, in any case.
	KeepAggregates bool

	// Faults lets an administrator make requests go wrong on purpose, by
	// /admin/faults on HTTPAddr.
	Faults bool

	// MemoryBytes is what the whole process may take; default 1 GiB, or half of
	// the machine's memory if that is less. At least 256 MiB.
	MemoryBytes int64
	// Threads is how many threads each of the two databases inside may use;
	// default: the number of CPUs.
	Threads int
	// StopTimeout is how long requests may go on after Run's context has ended;
	// default 5 s.
	StopTimeout time.Duration

	// StreamStatusDelay is how long streams show CREATING, UPDATING and DELETING;
	// default 0: never. At most an hour.
	StreamStatusDelay time.Duration

	// Now is the clock; default time.Now.
	Now func() time.Time
	// Logger gets one line per change of state. Default: none.
	Logger *slog.Logger
}

// The addresses that Leat listens on unless told otherwise.
const (
	DefaultAWSAddr  = "127.0.0.1:4566"
	DefaultSQLAddr  = "127.0.0.1:5439"
	DefaultHTTPAddr = "127.0.0.1:8080"
)

// DefaultUser is the SQL user, and Database the database, unless told otherwise.
const (
	DefaultUser = "admin"
	Database    = "dev"
)

const minMemory = 256 << 20

func (c Config) withDefaults() Config {
	if c.AWSAddr == "" {
		c.AWSAddr = DefaultAWSAddr
	}
	if c.SQLAddr == "" {
		c.SQLAddr = DefaultSQLAddr
	}
	if c.HTTPAddr == "" {
		c.HTTPAddr = DefaultHTTPAddr
	}
	if c.User == "" {
		c.User = DefaultUser
	}
	if c.MemoryBytes == 0 {
		c.MemoryBytes = defaultMemory(machineMemory())
	}
	if c.Threads == 0 {
		c.Threads = runtime.NumCPU()
	}
	if c.StopTimeout == 0 {
		c.StopTimeout = 5 * time.Second
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	return c
}

// Validate says what is wrong with a configuration, and what to do about it.
func (c Config) Validate() error {
	c = c.withDefaults()
	if c.Data == "" {
		return errors.New("no data folder given")
	}
	if c.MemoryBytes < minMemory {
		return fmt.Errorf("memory: %d MiB is too little: Leat needs at least %d MiB", c.MemoryBytes>>20, minMemory>>20)
	}
	if c.Threads < 1 {
		return fmt.Errorf("threads: %d is less than 1", c.Threads)
	}
	if c.StreamStatusDelay < 0 || c.StreamStatusDelay > time.Hour {
		return fmt.Errorf("stream status delay: %v is not between 0 and 1h", c.StreamStatusDelay)
	}
	if (c.AccessKeyID == "") != (c.SecretAccessKey == "") {
		return errors.New("credentials: give both the access key id and the secret access key, or neither")
	}
	if err := (awsapi.Config{Region: c.Region, Account: c.Account, Origins: c.AllowOrigins}).Validate(); err != nil {
		return err
	}
	if err := c.checkTLS(); err != nil {
		return err
	}
	for _, listener := range []struct {
		what, addr, missing string
		guarded             bool
	}{
		{"AWS APIs", c.AWSAddr, "an access key id and a secret access key, or a credentials file", c.guarded()},
		{"SQL", c.SQLAddr, "a password", c.Password != ""},
		{"health and metrics", c.HTTPAddr, "", false},
	} {
		loopback, err := isLoopback(listener.addr)
		switch {
		case err != nil:
			return fmt.Errorf("address of the %s: %w", listener.what, err)
		case loopback || listener.guarded:
		case listener.missing == "":
			return fmt.Errorf("address of the %s: %s is open to other machines, and nothing there asks for a password: use a loopback address such as %s",
				listener.what, listener.addr, DefaultHTTPAddr)
		default:
			return fmt.Errorf("address of the %s: %s is open to other machines: set %s, or use a loopback address",
				listener.what, listener.addr, listener.missing)
		}
	}
	return nil
}

// passwords are the SQL users' passwords; none when none is asked for.
func (c Config) passwords() map[string]string {
	if c.Password == "" {
		return nil
	}
	return map[string]string{c.User: c.Password}
}

// isLoopback says whether only this machine can reach an address. A name
// counts as loopback only if it is localhost: what other names stand for can
// change.
func isLoopback(addr string) (bool, error) {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return false, err
	}
	if host == "localhost" {
		return true, nil
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback(), nil
}
