package main

import (
	"fmt"

	"leat/server"
)

// accessFlags are the flags of who may connect, and of encryption.
type accessFlags struct {
	CredentialsFile string `group:"Keys and encryption" env:"LEAT_CREDENTIALS_FILE" type:"path" placeholder:"FILE" help:"More access keys, as in ~/.aws/credentials: each profile is an identity. SIGHUP reads it again."`

	AllowOrigin []string `group:"Keys and encryption" env:"LEAT_ALLOW_ORIGIN" placeholder:"ORIGIN" help:"Let a web page's origin, such as https://app.example.com, use the AWS APIs without credentials. Pages on this machine may; with credentials all may."`

	TLSCert       string `group:"Keys and encryption" name:"tls-cert" env:"LEAT_TLS_CERT" type:"path" placeholder:"FILE" help:"Certificate in PEM: 4566 then answers HTTPS beside HTTP, and 5439 encrypts for clients that ask."`
	TLSKey        string `group:"Keys and encryption" name:"tls-key" env:"LEAT_TLS_KEY" type:"path" placeholder:"FILE" help:"Its private key in PEM. SIGHUP reads both again."`
	TLSSelfSigned bool   `group:"Keys and encryption" name:"tls-self-signed" env:"LEAT_TLS_SELF_SIGNED" help:"Make a certificate for localhost, and keep it in the data folder."`
}

func (f accessFlags) apply(cfg *server.Config) {
	cfg.CredentialsFile, cfg.AllowOrigins = f.CredentialsFile, f.AllowOrigin
	cfg.TLSCert, cfg.TLSKey, cfg.TLSSelfSigned = f.TLSCert, f.TLSKey, f.TLSSelfSigned
}

// howToTrust is what a user sets to connect with encryption.
func howToTrust(addrs server.Addrs, cfg server.Config) string {
	switch trust := cfg.TrustFile(); {
	case trust != "":
		return fmt.Sprintf("  TLS        the same addresses, as https://%s and with sslmode=verify-full; clients trust\n"+
			"             export AWS_CA_BUNDLE=%s PGSSLROOTCERT=%[2]s\n", addrs.AWS, trust)
	case cfg.TLSCert != "":
		return fmt.Sprintf("  TLS        the same addresses, as https://%s and with sslmode=verify-full\n", addrs.AWS)
	}
	return ""
}
