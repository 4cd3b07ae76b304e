package server

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"

	"leat/awsapi"
)

// indexPage says what there is at the HTTP address.
const indexPage = `<!DOCTYPE html>
<html lang="en"><meta charset="utf-8"><title>Leat</title>
<body style="font: 1rem/1.6 system-ui; max-width: 40rem; margin: 3rem auto; padding: 0 1rem">
<h1>Leat</h1>
<p>This server is running.</p>
<ul>
<li><a href="/healthz">/healthz</a> says whether it is well, and what is not.</li>
<li><a href="/metrics">/metrics</a> is for Prometheus.</li>
</ul>
</body></html>
`

// console is what answers on the HTTP address: whether the server is well, and
// what it counts; and, when there may be faults, the administration of those.
func (s *Server) console() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", s.serveHealth)
	mux.HandleFunc("GET /metrics", func(w http.ResponseWriter, _ *http.Request) {
		var page bytes.Buffer
		if err := s.writeMetrics(&page, s.cfg.Now()); err != nil {
			s.cfg.Logger.Error("answer /metrics", "err", err)
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
		w.Write(page.Bytes())
	})
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		io.WriteString(w, indexPage)
	})
	mux.Handle("/admin/", s.faultsAdmin())
	if address, ok := s.listeners.http.Addr().(*net.TCPAddr); ok && !address.IP.IsLoopback() {
		return mux // it is asked under whatever name the machine has
	}
	return loopbackNamesOnly(mux)
}

// loopbackNamesOnly refuses requests under a name that is not this machine's own:
// a page in the user's browser sends such when its owner has pointed the page's
// name at a loopback address, and could read the answer.
func loopbackNamesOnly(handler http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !awsapi.LoopbackHost(r.Host) {
			http.Error(w, fmt.Sprintf("this answers only requests to localhost or a loopback address, not to host %q", r.Host), http.StatusForbidden)
			return
		}
		handler.ServeHTTP(w, r)
	})
}
