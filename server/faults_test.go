package server

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"leat/awsapi"
	"leat/awsapi/faults"
)

func faultsServer(t *testing.T) (*Server, http.Handler) {
	t.Helper()
	services := []awsapi.Service{{Name: "kinesis", Operations: []awsapi.Operation{{Name: "PutRecords"}, {Name: "GetRecords"}}}}
	s := &Server{faults: newFaults(services, time.Now, slog.New(slog.DiscardHandler))}
	return s, s.faultsAdmin()
}

// ask sends a request to the administration of faults.
func ask(handler http.Handler, method, path, body string, header ...string) (int, string) {
	r := httptest.NewRequest(method, "http://127.0.0.1:8080"+path, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	for i := 0; i+1 < len(header); i += 2 {
		if header[i] == "Host" {
			r.Host = header[i+1]
		}
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, r)
	text, _ := io.ReadAll(w.Result().Body)
	return w.Code, string(text)
}

func TestFaultsAreAdministered(t *testing.T) {
	_, handler := faultsServer(t)
	const rule = `{"service":"kinesis","operations":["PutRecords"],"drop":"after","seed":1}`
	for _, test := range []struct {
		method, path, body string
		status             int
		want               string
	}{
		{"GET", "/admin/faults", "", 200, `{"rules":[]}`},
		{"PUT", "/admin/faults/lost", rule, 200, `"name":"lost","service":"kinesis","operations":["PutRecords"],"share":1,"seed":1,"drop":"after"`},
		{"PUT", "/admin/faults/lost", `{"name":"found"}`, 400, `the rule is named \"found\", but sent to \"lost\"`},
		{"PUT", "/admin/faults/lost", `{"service":"s3"}`, 400, `rule lost: service \"s3\"`},
		{"PUT", "/admin/faults", `{}`, 400, `send {\"rules\": […]}`},
		{"PUT", "/admin/faults", `{"rules":[],"more":[]}`, 400, `send {\"rules\": […]}`},
		{"PUT", "/admin/faults", `{"rules":[{"nmae":"x"}]}`, 400, `rule 1: read the rule: json: unknown field`},
		{"PUT", "/admin/faults/big", strings.Repeat(" ", maxRulesBytes+1), 400, "too large"},
		{"GET", "/admin/faults", "", 200, `"name":"lost"`},
		{"PUT", "/admin/faults", `{"rules":[{"name":"a","service":"kinesis","delay":"1s"},{"name":"b","service":"kinesis","delay":"1s"}]}`, 200, `"name":"b"`},
		{"DELETE", "/admin/faults/lost", "", 404, `there is no fault \"lost\"`},
		{"DELETE", "/admin/faults/a", "", 200, `{"rules":[{"name":"b"`},
		{"DELETE", "/admin/faults", "", 200, `{"rules":[]}`},
		{"POST", "/admin/faults", rule, 405, ""},
	} {
		if status, got := ask(handler, test.method, test.path, test.body); status != test.status || !strings.Contains(got, test.want) {
			t.Errorf("%s %s %.99s: %d %s", test.method, test.path, test.body, status, got)
		}
	}
}

func TestPagesInABrowserCannotMakeFaults(t *testing.T) {
	s, handler := faultsServer(t)
	const rule = `{"service":"kinesis","drop":"after"}`
	for _, test := range []struct {
		name, method string
		header       []string
		status       int
	}{
		{"a page of another site", "PUT", []string{"Sec-Fetch-Site", "cross-site"}, 403},
		{"a page of another port", "PUT", []string{"Sec-Fetch-Site", "same-site"}, 403},
		{"a page, in an old browser", "PUT", []string{"Origin", "http://example.com"}, 403},
		{"a page that deletes", "DELETE", []string{"Origin", "http://example.com"}, 403},
		{"a name pointed at this machine", "PUT", []string{"Host", "rebound.example.com:8080"}, 403},
		{"the same, only looking", "GET", []string{"Host", "rebound.example.com:8080"}, 403},
		{"a form", "PUT", []string{"Content-Type", "text/plain"}, 415},
	} {
		if status, got := ask(handler, test.method, "/admin/faults/a", rule, test.header...); status != test.status || len(s.faults.Status()) > 0 {
			t.Errorf("%s: %d %s", test.name, status, got)
		}
	}
	if status, got := ask(handler, "PUT", "/admin/faults/a", rule, "Host", "localhost:8080", "Content-Type", "application/json; charset=utf-8"); status != 200 {
		t.Errorf("curl: %d %s", status, got)
	}
}

func TestFaultsAreOffUntilAskedFor(t *testing.T) {
	handler := (&Server{}).faultsAdmin()
	if status, got := ask(handler, "PUT", "/admin/faults/a", `{}`); status != 404 || !strings.Contains(got, "--faults") {
		t.Errorf("%d %s", status, got)
	}
	if (Config{}).refuseFromStream() != nil || (Config{}).refuseRecords() != nil {
		t.Error("without faults, records are asked about")
	}
}

func TestFaultsAreCounted(t *testing.T) {
	s, handler := faultsServer(t)
	if status, got := ask(handler, "PUT", "/admin/faults/a", `{"service":"kinesis","drop":"after","count":2}`); status != 200 {
		t.Fatal(got)
	}
	for range 3 {
		s.faults.Decide("kinesis", "PutRecords", nil)
	}
	s.faults.Decide("kinesis", "GetRecords", nil)
	var page strings.Builder
	write := func(set *faults.Set) {
		page.Reset()
		e := newExposition(&page)
		e.faults(set)
		e.w.Flush()
	}
	write(s.faults)
	for _, line := range []string{`leat_fault_rules 0`, `leat_faults_injected_total{service="kinesis",operation="PutRecords",effect="drop-after"} 2`} {
		if !strings.Contains(page.String(), line+"\n") {
			t.Errorf("no line %s in:\n%s", line, page.String())
		}
	}
	if write(nil); page.Len() > 0 {
		t.Errorf("without faults: %s", page.String())
	}
}
