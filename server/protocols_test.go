package server

import (
	"context"
	"net/http"
	"testing"
)

func TestClientsBeginWithEitherVersionOfHTTP(t *testing.T) {
	s, err := Open(testConfig(t, t.TempDir()))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx) }()
	for version := 1; version <= 2; version++ {
		only := new(http.Protocols)
		only.SetHTTP1(version == 1)
		only.SetUnencryptedHTTP2(version == 2)
		transport := &http.Transport{Protocols: only}
		response, err := (&http.Client{Transport: transport}).Get("http://" + s.Addrs().HTTP + "/healthz")
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if response.ProtoMajor != version {
			t.Errorf("asked for version %d, got %s", version, response.Proto)
		}
		transport.CloseIdleConnections()
	}
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}
