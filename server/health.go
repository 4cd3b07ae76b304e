package server

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/dustin/go-humanize"

	"leat"
)

// How well a part is.
const (
	healthOK       = "ok"
	healthDegraded = "degraded" // some of it does not work, the rest does
	healthDown     = "down"     // nothing of it works
)

// lowDisk is how much room on the data folder's disk is little: what a commit may
// need at once.
const lowDisk = 64 << 20

// checkTimeout bounds how long the warehouse may take to show that it is alive.
const checkTimeout = 2 * time.Second

// A Health says which parts of the server do not work, and why.
type Health struct {
	Status string          `json:"status"` // the worst of the parts
	Parts  map[string]Part `json:"parts"`  // streams, warehouse, views, delivery_streams, disk
}

// A Part is how well one part is.
type Part struct {
	Status  string   `json:"status"`
	Reasons []string `json:"reasons,omitempty"`
}

// part makes a part of what does not work of it.
func part(status string, reasons []string) Part {
	if len(reasons) == 0 {
		return Part{Status: healthOK}
	}
	return Part{Status: status, Reasons: reasons}
}

// Health looks at all parts. The streams are down when none of them takes records
// any more, the warehouse when its database cannot be used; a failure of one
// stream, view or delivery stream degrades the server.
func (s *Server) Health(ctx context.Context) Health {
	h := Health{Status: healthOK, Parts: map[string]Part{
		"streams": s.streamsHealth(), "warehouse": s.warehouseHealth(ctx), "disk": s.diskHealth(),
	}}
	var views, deliveries []string
	for _, v := range s.warehouse.Views() {
		if v.LastError != "" {
			views = append(views, fmt.Sprintf("%s.%s: %s", v.Schema, v.Name, v.LastError))
		}
	}
	h.Parts["views"] = part(healthDegraded, views)
	for _, name := range s.deliveries.Names() {
		status, err := s.deliveries.Status(name)
		switch {
		case leat.CodeOf(err) == leat.NotFound: // deleted meanwhile
		case err != nil:
			deliveries = append(deliveries, fmt.Sprintf("%s: %v", name, err))
		case status.LastError != "":
			deliveries = append(deliveries, fmt.Sprintf("%s: %s", name, status.LastError))
		}
	}
	h.Parts["delivery_streams"] = part(healthDegraded, deliveries)
	if err := s.deliveries.Failure(); err != nil {
		h.Parts["delivery_streams"] = part(healthDown, []string{err.Error()})
	}
	for _, p := range h.Parts {
		if p.Status == healthDown || p.Status == healthDegraded && h.Status == healthOK {
			h.Status = p.Status
		}
	}
	return h
}

func (s *Server) streamsHealth() Part {
	var reasons []string
	names := s.streams.Names()
	for _, name := range names {
		stream, err := s.streams.Stream(name)
		if leat.CodeOf(err) == leat.NotFound {
			continue
		}
		if err == nil {
			err = stream.Err()
		}
		if err != nil {
			reasons = append(reasons, fmt.Sprintf("%s: %v", name, err))
		}
	}
	if len(reasons) == len(names) {
		return part(healthDown, reasons)
	}
	return part(healthDegraded, reasons)
}

func (s *Server) warehouseHealth(ctx context.Context) Part {
	ctx, cancel := context.WithTimeout(ctx, checkTimeout)
	defer cancel()
	if err := s.warehouse.Check(ctx); err != nil {
		return part(healthDown, []string{err.Error()})
	}
	return part(healthOK, nil)
}

func (s *Server) diskHealth() Part {
	free, known := freeBytes(s.cfg.Data)
	if known && free < lowDisk {
		return part(healthDegraded, []string{fmt.Sprintf("%s are left on the disk of %s", humanize.IBytes(uint64(free)), s.cfg.Data)})
	}
	return part(healthOK, nil)
}

// serveHealth answers /healthz: 503 when a part is down, else 200.
func (s *Server) serveHealth(w http.ResponseWriter, r *http.Request) {
	h := s.Health(r.Context())
	text, err := json.MarshalIndent(h, "", "  ")
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	if h.Status == healthDown {
		w.WriteHeader(http.StatusServiceUnavailable)
	}
	w.Write(append(text, '\n'))
}
