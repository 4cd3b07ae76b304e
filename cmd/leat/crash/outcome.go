package crash

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// An outcome is what a client knows of what it did.
type outcome uint8

const (
	unknown      outcome = iota // cut off: it is there, or it is not
	acknowledged                // it must be there
	refused                     // the server said no: it must not be there
)

// outcomeOf tells what the error of a commit says. Only the server's own word is
// a refusal.
func outcomeOf(err error) outcome {
	var told *pgconn.PgError
	switch {
	case err == nil:
		return acknowledged
	case errors.As(err, &told) && told.Code != codeUnknown && told.Code != codeUnknownHere:
		return refused
	}
	return unknown
}

// SQLSTATEs by which a server says that it does not know whether a transaction
// is durable.
const (
	codeUnknown     = "08007"
	codeUnknownHere = "40003"
)

// A target is a server that answers, until it is killed.
type target struct {
	kinesis *kinesis.Client
	sql     string // pgx's connection string
}

// A load is something that clients do all the time.
type load interface {
	// work does it until ctx ends. Errors are the server's, which dies all the time.
	work(ctx context.Context, at *atomic.Pointer[target])
}

// everyone runs loads until the returned function is called.
func everyone(ctx context.Context, at *atomic.Pointer[target], loads []load) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	var running sync.WaitGroup
	for _, l := range loads {
		running.Go(func() { l.work(ctx, at) })
	}
	return func() {
		cancel()
		running.Wait()
	}
}

// pause waits a little, less if ctx ends.
func pause(ctx context.Context, d time.Duration) {
	select {
	case <-time.After(d):
	case <-ctx.Done():
	}
}

// sqlSession runs f again and again with a connection to whichever server
// answers, and with a new one after f has failed.
func sqlSession(ctx context.Context, at *atomic.Pointer[target], f func(ctx context.Context, conn *pgx.Conn) error) {
	for ctx.Err() == nil {
		to := at.Load()
		if to == nil {
			pause(ctx, 5*time.Millisecond)
			continue
		}
		conn, err := pgx.Connect(ctx, to.sql)
		if err != nil {
			pause(ctx, 10*time.Millisecond)
			continue
		}
		for err == nil && ctx.Err() == nil {
			err = f(ctx, conn)
		}
		conn.Close(context.WithoutCancel(ctx))
	}
}
