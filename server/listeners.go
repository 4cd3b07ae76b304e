package server

import (
	"errors"
	"fmt"
	"net"
	"syscall"
)

// Addrs are the addresses of the front doors.
type Addrs struct {
	AWS  string `json:"aws"`
	SQL  string `json:"sql"`
	HTTP string `json:"http"`
}

type listeners struct{ aws, sql, http net.Listener }

// listen binds all addresses, each for at most so many connections at a time:
// SQL's cost more, and those of health and metrics are few. What connects before
// Run waits for it.
func listen(cfg Config, connections int) (listeners, error) {
	var l listeners
	for _, one := range []struct {
		what, flag, addr string
		listener         *net.Listener
		connections      int
	}{
		{"AWS APIs", "--aws-addr", cfg.AWSAddr, &l.aws, connections},
		{"SQL", "--sql-addr", cfg.SQLAddr, &l.sql, connections / 4},
		{"health and metrics", "--http-addr", cfg.HTTPAddr, &l.http, connections / 4},
	} {
		listener, err := net.Listen("tcp", one.addr)
		if errors.Is(err, syscall.EADDRINUSE) {
			err = fmt.Errorf("address of the %s: %s is in use by another process: stop it, or choose another with %s (port 0 takes a free one)",
				one.what, one.addr, one.flag)
		} else if err != nil {
			err = fmt.Errorf("address of the %s: %w", one.what, err)
		}
		if err != nil {
			return listeners{}, errors.Join(err, l.close())
		}
		*one.listener = limitConnections(listener, one.connections)
	}
	return l, nil
}

func (l listeners) addrs() Addrs {
	return Addrs{AWS: l.aws.Addr().String(), SQL: l.sql.Addr().String(), HTTP: l.http.Addr().String()}
}

// close closes those that are open; a server that has run has closed them
// already.
func (l listeners) close() error {
	var errs []error
	for _, listener := range []net.Listener{l.aws, l.sql, l.http} {
		if listener == nil {
			continue
		}
		if err := listener.Close(); err != nil && !errors.Is(err, net.ErrClosed) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}
