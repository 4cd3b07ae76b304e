package main

import (
	"fmt"
	"io"
	"log/slog"
	"net"

	"leat/server"
)

// serverFlags are the flags of the commands that run a server.
type serverFlags struct {
	AWSAddr  string `group:"Addresses" name:"aws-addr" env:"LEAT_AWS_ADDR" default:"127.0.0.1:4566" placeholder:"HOST:PORT" help:"Where the AWS APIs answer (${default}). Port 0 takes a free one."`
	SQLAddr  string `group:"Addresses" name:"sql-addr" env:"LEAT_SQL_ADDR" default:"127.0.0.1:5439" placeholder:"HOST:PORT" help:"Where PostgreSQL clients connect (${default})."`
	HTTPAddr string `group:"Addresses" name:"http-addr" env:"LEAT_HTTP_ADDR" default:"127.0.0.1:8080" placeholder:"HOST:PORT" help:"Where /healthz and /metrics are (${default})."`

	Region  string `group:"Addresses" env:"LEAT_REGION" default:"us-east-1" placeholder:"REGION" help:"Region in the ARNs of those who do not sign for one (${default}). Streams are the same in all regions."`
	Account string `group:"Addresses" env:"LEAT_ACCOUNT" placeholder:"NUMBER" help:"Account in ARNs: twelve digits. Default: 000000000000, or the access key id of those who give one of twelve digits."`

	AccessKeyID     string `group:"Keys and encryption" env:"LEAT_ACCESS_KEY_ID" placeholder:"ID" help:"Access key that AWS requests must be signed with. Without it, none is asked for."`
	SecretAccessKey string `group:"Keys and encryption" env:"LEAT_SECRET_ACCESS_KEY" placeholder:"SECRET" help:"Its secret. Better given as environment variable than here."`
	User            string `group:"Keys and encryption" env:"LEAT_USER" default:"admin" placeholder:"NAME" help:"SQL user (${default})."`
	Password        string `group:"Keys and encryption" env:"LEAT_PASSWORD" placeholder:"SECRET" help:"Its password. Without it, none is asked for."`

	Memory  size   `env:"LEAT_MEMORY" placeholder:"SIZE" help:"Memory for the whole process, such as 768MiB. Default: 1GiB, or half of the machine's."`
	Threads int    `env:"LEAT_THREADS" placeholder:"N" help:"Threads of each of the databases inside. Default: one for each CPU."`
	Log     string `env:"LEAT_LOG" enum:"debug,info,warn,error" default:"warn" placeholder:"LEVEL" help:"What to log to standard error: debug, info, warn or error (${default})."`
}

// config is the server's configuration.
func (f serverFlags) config(data string, log io.Writer) (server.Config, error) {
	var level slog.Level
	if err := level.UnmarshalText([]byte(f.Log)); err != nil {
		return server.Config{}, err
	}
	return server.Config{
		Data:    data,
		AWSAddr: f.AWSAddr, SQLAddr: f.SQLAddr, HTTPAddr: f.HTTPAddr,
		AccessKeyID: f.AccessKeyID, SecretAccessKey: f.SecretAccessKey,
		Region: f.Region, Account: f.Account,
		User: f.User, Password: f.Password,
		MemoryBytes: int64(f.Memory), Threads: f.Threads,
		Logger: slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: level})),
	}, nil
}

// howToConnect is what a user types to reach a server.
func howToConnect(addrs server.Addrs, cfg server.Config) string {
	host, port, _ := net.SplitHostPort(addrs.SQL)
	key, secret := "any", "any"
	switch {
	case cfg.AccessKeyID != "":
		key, secret = cfg.AccessKeyID, "…"
	case cfg.CredentialsFile != "":
		key, secret = "…", "…"
	}
	return fmt.Sprintf(`  AWS APIs   export AWS_ENDPOINT_URL=http://%s AWS_DEFAULT_REGION=%s AWS_ACCESS_KEY_ID=%s AWS_SECRET_ACCESS_KEY=%s
             aws kinesis list-streams
  SQL        psql -h %s -p %s -U %s %s
  Metrics    http://%s/metrics
`, addrs.AWS, cfg.Region, key, secret, host, port, cfg.User, server.Database, addrs.HTTP)
}
