package main

import (
	"context"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"leat/server"
)

// reloadOnHangup makes a server read its credentials and its certificate again
// at every SIGHUP. Call the result when the server has ended: it returns when
// no signal is being answered any more.
func reloadOnHangup(ctx context.Context, s *server.Server, log *slog.Logger) (stop func()) {
	if !s.CanReload() {
		return func() {} // SIGHUP ends the process, as it does others
	}
	hangups := make(chan os.Signal, 1)
	signal.Notify(hangups, syscall.SIGHUP)
	ctx, cancel := context.WithCancel(ctx)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for {
			select {
			case <-ctx.Done():
				return
			case <-hangups:
				if err := s.Reload(); err != nil {
					log.Error("reload: what could not be read stays as it was", "err", err)
				}
			}
		}
	}()
	return func() {
		signal.Stop(hangups)
		cancel()
		<-ended
	}
}
