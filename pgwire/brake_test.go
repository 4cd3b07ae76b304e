package pgwire

import (
	"context"
	"fmt"
	"net"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/jackc/pgx/v5"
)

// TestPasswordsAreNotGuessedQuickly: many connections at once get no more looked at
// than one does, and who has given no wrong password does not notice.
func TestPasswordsAreNotGuessedQuickly(t *testing.T) {
	ts := startServer(t, Config{Credentials: map[string]string{"admin": "right", "reader": "right"}})
	ts.brake.pause, ts.brake.patience = time.Hour, time.Minute
	try := func(user, password string) string {
		conn, err := pgx.Connect(testContext(t), fmt.Sprintf("postgres://%s:%s@%s/dev?sslmode=disable", user, password, ts.addr))
		if err == nil {
			conn.Close(context.Background())
			return ""
		}
		return sqlstate(err)
	}
	if got := try("admin", "wrong"); got != "28P01" {
		t.Fatal(got)
	}
	var clients sync.WaitGroup
	var mu sync.Mutex
	got := make(map[string]int)
	for i := range 40 {
		clients.Go(func() {
			state := try("admin", fmt.Sprint("guess", i))
			mu.Lock()
			defer mu.Unlock()
			got[state]++
		})
	}
	clients.Wait()
	if got["28P01"] != freeGuesses-1 || got["28000"] != 40-got["28P01"] {
		t.Errorf("answers of 40 guesses after the first: %v", got)
	}
	if got := try("reader", "right"); got != "" {
		t.Errorf("another user's right password: %s", got)
	}
	if got := try("admin", "right"); got != "28000" {
		t.Errorf("the right password among the guesses: %q", got)
	}
}

// TestTheBrakeLetsThroughOneGuessASecond and is off after the right password.
func TestTheBrakeLetsThroughOneGuessASecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, g := newBrake(), guesserOf("admin", place{})
		start := time.Now()
		for range freeGuesses + 10 {
			if err := b.wait(t.Context(), g); err != nil {
				t.Fatal(err)
			}
			b.failed(g)
		}
		if took := time.Since(start); took != 10*time.Second {
			t.Errorf("%d guesses took %s, want 10 s", freeGuesses+10, took)
		}
		if err := b.wait(t.Context(), g); err != nil {
			t.Fatal(err)
		}
		b.succeeded(g)
		start = time.Now()
		for range 100 {
			if err := b.wait(t.Context(), g); err != nil {
				t.Fatal(err)
			}
		}
		if took := time.Since(start); took != 0 {
			t.Errorf("after the right password 100 more took %s", took)
		}
	})
}

// TestTheBrakeEndsWithItsConnection: who waits is not kept when the server stops.
func TestTheBrakeEndsWithItsConnection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, g := newBrake(), guesserOf("admin", place{})
		b.failed(g)
		for range freeGuesses - 1 {
			b.wait(t.Context(), g)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := b.wait(ctx, g); err != context.Canceled {
			t.Error(err)
		}
	})
}

// TestTheBrakeRemembersSoMany: names that clients make up take no memory for ever.
func TestTheBrakeRemembersSoMany(t *testing.T) {
	b := newBrake()
	for i := range 3 * mostGuessers {
		b.failed(guesserOf(fmt.Sprint("user", i), place{}))
	}
	if n := len(b.wrong); n > mostGuessers {
		t.Errorf("%d are remembered", n)
	}
}

// TestAPlaceIsAnAddressOrASubnet: a host that has 2⁶⁴ addresses is one place.
func TestAPlaceIsAnAddressOrASubnet(t *testing.T) {
	of := func(ip string) place { return placeOf(&net.TCPAddr{IP: net.ParseIP(ip)}) }
	for _, c := range []struct {
		a, b string
		same bool
	}{
		{"192.0.2.1", "192.0.2.1", true},
		{"192.0.2.1", "::ffff:192.0.2.1", true},
		{"192.0.2.1", "192.0.2.2", false},
		{"2001:db8::1", "2001:db8::ffff:1", true},
		{"2001:db8:0:1::1", "2001:db8:0:2::1", false},
	} {
		if (of(c.a) == of(c.b)) != c.same {
			t.Errorf("%s is %v, %s is %v", c.a, of(c.a), c.b, of(c.b))
		}
	}
}
