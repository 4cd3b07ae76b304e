package server

import (
	"net/http"
	"net/http/httptest"
	"testing"
)

// A page whose owner points its name at a loopback address must read nothing.
func TestTheConsoleAnswersToLoopbackNamesAlone(t *testing.T) {
	s, err := Open(testConfig(t, t.TempDir()))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	handler := s.console()
	for host, want := range map[string]int{
		"localhost:8080": http.StatusOK, "127.0.0.1:8080": http.StatusOK, "[::1]:8080": http.StatusOK,
		"evil.example": http.StatusForbidden, "127.0.0.1.evil.example:8080": http.StatusForbidden, "192.168.0.7": http.StatusForbidden, "": http.StatusForbidden,
	} {
		for _, path := range []string{"/", "/metrics", "/healthz"} {
			r := httptest.NewRequest(http.MethodGet, path, nil)
			r.Host = host
			w := httptest.NewRecorder()
			handler.ServeHTTP(w, r)
			if w.Code != want {
				t.Errorf("%s of host %q is answered %d, want %d", path, host, w.Code, want)
			}
		}
	}
}
