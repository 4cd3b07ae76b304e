package server

import (
	"context"
	"time"

	"leat/awsapi"
	"leat/awsapi/kinesis"
)

// kinesisConfig configures the API of streams.
func (s *Server) kinesisConfig(tokens *awsapi.Tokens) kinesis.Config {
	return kinesis.Config{
		Store: s.streams, Monitor: &s.monitor, Tokens: tokens, Now: s.cfg.Now,
		StatusDelay: s.cfg.StreamStatusDelay, EnforceLimits: s.cfg.EnforceLimits, Logger: s.cfg.Logger,
		Refuse: s.cfg.refuseFromStream(),
	}
}

// removeInterval is how often streams are looked for whose time in status
// DELETING has passed.
const removeInterval = time.Second

// removeDeleted removes those streams until ctx ends. What cannot be removed is
// tried again.
func (s *Server) removeDeleted(ctx context.Context) error {
	ticker := time.NewTicker(removeInterval)
	defer ticker.Stop()
	for {
		if err := s.kinesis.RemoveDeleted(ctx); err != nil {
			s.cfg.Logger.Error("remove deleted streams", "err", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
	}
}
