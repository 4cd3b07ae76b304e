package awsapi

import (
	"crypto/subtle"
	"errors"
	"fmt"
	"net/http"
)

// A Credential is a key pair that clients sign with.
type Credential struct {
	// Identity is who signs with it, for the log. Several pairs may have one.
	Identity    string
	AccessKeyID string
	Secret      string
	// SessionToken, when set, must come with every request, as AWS asks of
	// temporary credentials.
	SessionToken string
}

func checkCredentials(credentials []Credential) error {
	seen := map[string]string{}
	for _, credential := range credentials {
		if credential.AccessKeyID == "" || credential.Secret == "" {
			return errors.New("AWS credentials need an access key id and a secret")
		}
		if other, ok := seen[credential.AccessKeyID]; ok {
			return fmt.Errorf("AWS access key id %s is given twice: to %q and to %q", credential.AccessKeyID, other, credential.Identity)
		}
		seen[credential.AccessKeyID] = credential.Identity
	}
	return nil
}

// ReplaceCredentials changes who may sign requests, for all that arrive from
// now on. A handler that asks for signatures cannot be made to stop asking: no
// credentials, or wrong ones, are an error and leave everything as it was.
func (h *Handler) ReplaceCredentials(credentials []Credential) error {
	if err := checkCredentials(credentials); err != nil {
		return err
	}
	if len(credentials) == 0 && !h.auth.Load().open() {
		return errors.New("AWS credentials cannot be replaced by none: everybody would get in")
	}
	h.auth.Store(newAuthenticator(credentials))
	return nil
}

// checkToken holds a request's session token against the credential's.
func (c Credential) checkToken(r *http.Request) error {
	token := r.Header.Get("X-Amz-Security-Token")
	if token == "" && r.URL.RawQuery != "" {
		token = r.URL.Query().Get("X-Amz-Security-Token")
	}
	if subtle.ConstantTimeCompare([]byte(token), []byte(c.SessionToken)) != 1 {
		return errUnrecognized()
	}
	return nil
}

// errUnrecognized is AWS's answer to an unknown access key id, and to a session
// token that is missing, wrong, or that the key pair does not have.
func errUnrecognized() error {
	return Errorf("UnrecognizedClientException", "The security token included in the request is invalid.")
}
