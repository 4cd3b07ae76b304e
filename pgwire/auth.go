package pgwire

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5/pgproto3"
	"github.com/xdg-go/scram"
)

const (
	scramMechanism  = "SCRAM-SHA-256"
	scramIterations = 4096
	saltBytes       = 16
)

// verifiers hold what is needed to check passwords, not the passwords. Without
// users, everyone is let in.
type verifiers struct {
	users  map[string]scram.StoredCredentials
	secret []byte // makes the salts of users that do not exist
}

func newVerifiers(credentials map[string]string) (verifiers, error) {
	v := verifiers{users: make(map[string]scram.StoredCredentials), secret: make([]byte, sha256.Size)}
	rand.Read(v.secret)
	for user, password := range credentials {
		salt := make([]byte, saltBytes)
		rand.Read(salt)
		stored, err := storedCredentials(password, string(salt))
		if err != nil {
			return v, fmt.Errorf("password of user %q: %w", user, err)
		}
		v.users[user] = stored
	}
	return v, nil
}

func storedCredentials(password, salt string) (scram.StoredCredentials, error) {
	// The user name takes no part in the keys. PostgreSQL's clients leave it
	// empty in the exchange, and the server takes the start-up packet's.
	client, err := scram.SHA256.NewClient("", password, "")
	if err != nil {
		// Not text that SASLprep accepts: the bytes count as they are.
		client, err = scram.SHA256.NewClientUnprepped("", password, "")
	}
	if err != nil {
		return scram.StoredCredentials{}, err
	}
	return client.GetStoredCredentialsWithError(scram.KeyFactors{Salt: salt, Iters: scramIterations})
}

// of returns what user's password is checked against. A user that does not
// exist gets a salt that stays the same and a key that nothing fits: who asks
// cannot tell it from a wrong password.
func (v verifiers) of(user string) scram.StoredCredentials {
	if stored, ok := v.users[user]; ok {
		return stored
	}
	mac := hmac.New(sha256.New, v.secret)
	mac.Write([]byte(user))
	sum := mac.Sum(nil)
	return scram.StoredCredentials{
		KeyFactors: scram.KeyFactors{Salt: string(sum[:saltBytes]), Iters: scramIterations},
		StoredKey:  make([]byte, sha256.Size),
		ServerKey:  make([]byte, sha256.Size),
	}
}

// authenticate lets user in or returns why not. The caller has set a deadline.
func (c *conn) authenticate(ctx context.Context, user string) error {
	if len(c.server.users.users) == 0 {
		c.send(&pgproto3.AuthenticationOk{})
		return nil
	}
	guesser := guesserOf(user, c.place)
	conv, err := c.scramConversation(user)
	if err != nil {
		return err
	}
	c.send(&pgproto3.AuthenticationSASL{AuthMechanisms: []string{scramMechanism}})
	first, err := c.receiveFirst()
	if err != nil {
		return err
	}
	answer, err := conv.Step(string(first))
	if err != nil {
		return errorf("08P01", "malformed SCRAM message: %v", err)
	}
	c.send(&pgproto3.AuthenticationSASLContinue{Data: []byte(answer)})
	var last pgproto3.SASLResponse
	if err := c.receiveSASL(&last); err != nil {
		return err
	}
	if err := c.waitAtBrake(ctx, guesser); err != nil {
		return err
	}
	answer, err = conv.Step(string(last.Data))
	if err != nil || !conv.Valid() {
		c.server.brake.failed(guesser)
		return errorf("28P01", "password authentication failed for user %q", user)
	}
	c.server.brake.succeeded(guesser)
	c.send(&pgproto3.AuthenticationSASLFinal{Data: []byte(answer)})
	c.send(&pgproto3.AuthenticationOk{})
	return nil
}

// waitAtBrake waits until the client's password may be looked at, or the connection
// is to end.
func (c *conn) waitAtBrake(ctx context.Context, g guesser) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(c.stopped, cancel)()
	err := c.server.brake.wait(ctx, g)
	if errors.Is(err, context.Canceled) {
		return c.whyStopping()
	}
	return err
}

func (c *conn) scramConversation(user string) (*scram.ServerConversation, error) {
	server, err := scram.SHA256.NewServer(func(string) (scram.StoredCredentials, error) {
		return c.server.users.of(user), nil
	})
	if err != nil {
		return nil, fmt.Errorf("start SCRAM: %w", err)
	}
	return server.NewConversation(), nil
}

// receiveFirst returns the client's first answer, to the offer of mechanisms.
func (c *conn) receiveFirst() ([]byte, error) {
	var m pgproto3.SASLInitialResponse
	if err := c.receiveSASL(&m); err != nil {
		return nil, err
	}
	if m.AuthMechanism != scramMechanism {
		return nil, errorf("08P01", "authentication mechanism %q is not offered, use %s", m.AuthMechanism, scramMechanism)
	}
	return m.Data, nil
}

// receiveSASL sends what is buffered and reads the client's answer.
func (c *conn) receiveSASL(answer pgproto3.FrontendMessage) error {
	if err := c.flush(); err != nil {
		return err
	}
	body, err := c.receivePassword()
	if err != nil {
		return err
	}
	if err := answer.Decode(body); err != nil {
		return errorf("08P01", "malformed SASL response: %v", err)
	}
	return nil
}
