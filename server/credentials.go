package server

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"

	"leat/awsapi"
	"leat/awsapi/credentials"
)

// OwnIdentity is who signs with the key pair of the configuration itself.
const OwnIdentity = "root"

// maxCredentialsFile is far more than a credentials file has.
const maxCredentialsFile = 1 << 20

// guarded says whether AWS requests must be signed.
func (c Config) guarded() bool { return c.AccessKeyID != "" || c.CredentialsFile != "" }

// credentials are the key pairs that AWS requests must be signed with; none
// when no signature is asked for.
func (c Config) credentials() ([]awsapi.Credential, error) {
	var all []awsapi.Credential
	if c.AccessKeyID != "" {
		all = append(all, awsapi.Credential{Identity: OwnIdentity, AccessKeyID: c.AccessKeyID, Secret: c.SecretAccessKey})
	}
	if c.CredentialsFile == "" {
		return all, nil
	}
	text, err := readCredentials(c.CredentialsFile)
	if err != nil {
		return nil, fmt.Errorf("credentials file: %w", err)
	}
	found, err := credentials.Parse(c.CredentialsFile, text)
	if err != nil {
		return nil, fmt.Errorf("credentials file %w", err)
	}
	warnIfExposed(c.Logger, "credentials file", c.CredentialsFile)
	for _, credential := range found {
		if len(all) > 0 && credential.Identity == OwnIdentity {
			return nil, fmt.Errorf("credentials file %s: profile %s has the name of the key pair that is configured beside the file", c.CredentialsFile, OwnIdentity)
		}
	}
	return append(all, found...), nil
}

func readCredentials(path string) (string, error) {
	file, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, maxCredentialsFile+1))
	if err != nil {
		return "", err
	}
	if len(text) > maxCredentialsFile {
		return "", fmt.Errorf("%s has more than %d MiB", path, maxCredentialsFile>>20)
	}
	return string(text), nil
}

// Reload reads the credentials file and the TLS certificate again, so that
// keys can be changed while the server runs. What cannot be used stays as it
// was; the error says what and why.
func (s *Server) Reload() error {
	var errs []error
	if s.cfg.CredentialsFile != "" {
		all, err := s.cfg.credentials()
		if err == nil {
			err = s.aws.ReplaceCredentials(all)
		}
		if err == nil {
			logCredentials(s.cfg.Logger, all)
		}
		errs = append(errs, err)
	}
	if s.certificate != nil {
		err := s.certificate.Reload()
		if err == nil {
			s.cfg.Logger.Info("TLS certificate loaded", "expires", s.certificate.Expires())
		}
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// CanReload says whether there is anything to read again.
func (s *Server) CanReload() bool { return s.cfg.CredentialsFile != "" || s.certificate != nil }

// logCredentials says who may sign requests now.
func logCredentials(log *slog.Logger, all []awsapi.Credential) {
	if len(all) == 0 {
		return
	}
	names := make([]string, len(all))
	for i, credential := range all {
		names[i] = credential.Identity
	}
	log.Info("credentials loaded", "identities", names)
}
