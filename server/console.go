package server

import (
	"bytes"
	"io"
	"net/http"
)

// indexPage says what there is at the HTTP address.
const indexPage = `<!DOCTYPE html>
<html lang="en"><meta charset="utf-8"><title>Leat</title>
<body style="font: 1rem/1.6 system-ui; max-width: 40rem; margin: 3rem auto; padding: 0 1rem">
<h1>Leat</h1>
<p>This server is running.</p>
<ul>
<li><a href="/healthz">/healthz</a> says whether it is well.</li>
<li><a href="/metrics">/metrics</a> is for Prometheus.</li>
</ul>
</body></html>
`

// console is what answers on the HTTP address: whether the server is well, and
// what it counts; and, when there may be faults, the administration of those.
func (s *Server) console() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		io.WriteString(w, "ok\n")
	})
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
	return mux
}
