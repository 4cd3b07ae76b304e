package server

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"mime"
	"net/http"
	"slices"
	"strings"
	"time"

	"leat/awsapi"
	"leat/awsapi/faults"
	"leat/awsapi/kinesis"
)

// maxRulesBytes bounds the rules that a request brings.
const maxRulesBytes = 1 << 20

// newFaults makes the rules' home, for rules about some services.
func newFaults(services []awsapi.Service, now func() time.Time, log *slog.Logger) *faults.Set {
	cfg := faults.Config{Now: now, Logger: log}
	for _, service := range services {
		known := faults.Service{Name: service.Name}
		for _, operation := range service.Operations {
			known.Operations = append(known.Operations, operation.Name)
		}
		cfg.Services = append(cfg.Services, known)
	}
	return faults.New(cfg)
}

// refuseRecords is what services ask before they take a batch, when there may
// be faults; nil otherwise.
func (c Config) refuseRecords() func(ctx context.Context, records int, refuse func(record int, code, message string)) {
	if !c.Faults {
		return nil
	}
	return faults.Refuse
}

// refuseFromStream is the same in the form that streams ask in.
func (c Config) refuseFromStream() kinesis.RefuseFunc {
	if !c.Faults {
		return nil
	}
	return func(ctx context.Context, _, _ string, records int, refuse func(int, string, string)) error {
		faults.Refuse(ctx, records, refuse)
		return nil
	}
}

// faultsAdmin lets an administrator see, set and clear the rules:
//
//	GET    /admin/faults         the rules and what they have done
//	PUT    /admin/faults         {"rules": […]} in place of those that there are
//	PUT    /admin/faults/NAME    one rule, in place of the one of that name
//	DELETE /admin/faults[/NAME]  all rules, or that one
//
// Nothing here asks for a password; the listener is on loopback. What a user's
// browser is made to send from a page elsewhere is refused.
func (s *Server) faultsAdmin() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /admin/faults", func(w http.ResponseWriter, _ *http.Request) { s.showFaults(w) })
	mux.HandleFunc("PUT /admin/faults", func(w http.ResponseWriter, r *http.Request) {
		rules, err := readRules(w, r)
		if err == nil {
			err = s.faults.Replace(rules)
		}
		s.answerFaults(w, err)
	})
	mux.HandleFunc("PUT /admin/faults/{name}", func(w http.ResponseWriter, r *http.Request) {
		rule, err := readRule(w, r)
		if err == nil {
			err = s.faults.Put(rule)
		}
		s.answerFaults(w, err)
	})
	mux.HandleFunc("DELETE /admin/faults", func(w http.ResponseWriter, _ *http.Request) {
		s.answerFaults(w, s.faults.Replace(nil))
	})
	mux.HandleFunc("DELETE /admin/faults/{name}", func(w http.ResponseWriter, r *http.Request) {
		if !s.faults.Remove(r.PathValue("name")) {
			adminError(w, http.StatusNotFound, fmt.Sprintf("there is no fault %q", r.PathValue("name")))
			return
		}
		s.showFaults(w)
	})
	if s.faults == nil {
		return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			adminError(w, http.StatusNotFound, "faults are off: start the server with --faults")
		})
	}
	return ownMachineOnly(mux)
}

// ownMachineOnly refuses what comes through a browser from elsewhere: from a
// page of another site, or by a name that someone points at this machine.
func ownMachineOnly(handler http.Handler) http.Handler {
	crossSite := http.NewCrossOriginProtection()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		media, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
		switch {
		case !awsapi.LoopbackHost(r.Host):
			adminError(w, http.StatusForbidden, fmt.Sprintf("this answers only requests to localhost or a loopback address, not to host %q", r.Host))
		case crossSite.Check(r) != nil:
			adminError(w, http.StatusForbidden, "this does not answer pages in a browser")
		case r.Method == http.MethodPut && media != "application/json":
			adminError(w, http.StatusUnsupportedMediaType, "send the rules as Content-Type: application/json")
		default:
			handler.ServeHTTP(w, r)
		}
	})
}

func readRules(w http.ResponseWriter, r *http.Request) ([]faults.Rule, error) {
	text, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxRulesBytes))
	if err != nil {
		return nil, err
	}
	var body map[string][]json.RawMessage
	if err := json.Unmarshal(text, &body); err != nil || body["rules"] == nil || len(body) > 1 {
		return nil, errors.New(`send {"rules": […]}, and nothing else`)
	}
	rules := make([]faults.Rule, len(body["rules"]))
	for i, one := range body["rules"] {
		if rules[i], err = faults.ParseRule(one); err != nil {
			return nil, fmt.Errorf("rule %d: %w", i+1, err)
		}
	}
	return rules, nil
}

// readRule reads a rule whose name is in the address.
func readRule(w http.ResponseWriter, r *http.Request) (faults.Rule, error) {
	text, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxRulesBytes))
	if err != nil {
		return faults.Rule{}, err
	}
	rule, err := faults.ParseRule(text)
	if err != nil {
		return rule, err
	}
	name := r.PathValue("name")
	if rule.Name != "" && rule.Name != name {
		return rule, fmt.Errorf("the rule is named %q, but sent to %q", rule.Name, name)
	}
	rule.Name = name
	return rule, nil
}

func (s *Server) answerFaults(w http.ResponseWriter, err error) {
	if err != nil {
		adminError(w, http.StatusBadRequest, err.Error())
		return
	}
	s.showFaults(w)
}

func (s *Server) showFaults(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(struct {
		Rules []faults.Status `json:"rules"`
	}{s.faults.Status()})
}

func adminError(w http.ResponseWriter, status int, message string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(map[string]string{"error": message})
}

// faults writes what has gone wrong on purpose; nothing where nothing can.
func (e exposition) faults(set *faults.Set) {
	if set == nil {
		return
	}
	running := 0
	for _, rule := range set.Status() {
		if !rule.Ended {
			running++
		}
	}
	e.family("leat_fault_rules", "gauge", "Rules that make requests go wrong on purpose now.")
	e.sample("leat_fault_rules", float64(running))
	const name = "leat_faults_injected_total"
	e.family(name, "counter", "Requests that went wrong on purpose.")
	injected := set.Injected()
	for _, by := range slices.SortedFunc(maps.Keys(injected), compareCounters) {
		e.sample(name, float64(injected[by]), "service", by.Service, "operation", by.Operation, "effect", by.Effect)
	}
}

func compareCounters(a, b faults.Counter) int {
	key := func(c faults.Counter) string { return c.Service + " " + c.Operation + " " + c.Effect }
	return strings.Compare(key(a), key(b))
}
