package server

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestMetricsAreWrittenAsPrometheusReadsThem(t *testing.T) {
	var page strings.Builder
	e := newExposition(&page)
	e.family("m_total", "counter", "Help.")
	e.sample("m_total", 3, "stream", "a\"b\\c\nd", "outcome", "rows")
	e.sample("m_total", 0.5)
	e.w.Flush()
	want := "# HELP m_total Help.\n# TYPE m_total counter\n" +
		"m_total{stream=\"a\\\"b\\\\c\\nd\",outcome=\"rows\"} 3\nm_total 0.5\n"
	if diff := cmp.Diff(want, page.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestFreshnessIsCountedByView(t *testing.T) {
	var f freshness
	f.observe("v", 10, 40*time.Millisecond)
	f.observe("v", 1, 600*time.Millisecond)
	f.observe("v", 1, 2*time.Minute)
	f.observe("v", 0, time.Hour) // no rows: says nothing
	f.observe("dropped", 1, time.Second)
	f.forget("dropped")
	var page strings.Builder
	e := newExposition(&page)
	e.freshness(f.snapshot())
	e.w.Flush()
	for _, line := range []string{
		`leat_view_freshness_seconds_bucket{view="v",le="0.05"} 1`,
		`leat_view_freshness_seconds_bucket{view="v",le="0.5"} 1`,
		`leat_view_freshness_seconds_bucket{view="v",le="0.75"} 2`,
		`leat_view_freshness_seconds_bucket{view="v",le="60"} 2`,
		`leat_view_freshness_seconds_bucket{view="v",le="+Inf"} 3`,
		`leat_view_freshness_seconds_count{view="v"} 3`,
	} {
		if !strings.Contains(page.String(), line+"\n") {
			t.Errorf("no line %s in:\n%s", line, page.String())
		}
	}
	if strings.Contains(page.String(), "dropped") {
		t.Errorf("a dropped view is still counted:\n%s", page.String())
	}
}
