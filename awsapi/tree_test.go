package awsapi

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"strings"
	"sync"
	"testing"
	"time"

	"leat/awsapi/cbor"
)

// sizeByDecoder is sizeOf of valid JSON, the slow way.
func sizeByDecoder(t *testing.T, text []byte) (items, containers, depth int) {
	t.Helper()
	decoder := json.NewDecoder(bytes.NewReader(text))
	level := 0
	for {
		token, err := decoder.Token()
		if err == io.EOF {
			return items, containers, depth
		}
		if err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		switch token {
		case json.Delim('{'), json.Delim('['):
			items++
			containers++
			level++
			depth = max(depth, level)
		case json.Delim('}'), json.Delim(']'):
			level--
		default:
			items++
		}
	}
}

func FuzzSizeOf(f *testing.F) {
	for _, text := range []string{
		``, `{}`, `[[],[],{}]`, `{"a":{"b":[1,"x",null,true,-1e9]},"c":"\\\"]["}`, `"\\"`, `{"\"":"\\\\","b":[]}`, `"`, `"\`, `[1 2]`, `]]][[[`,
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		items, depth := sizeOf(text)
		if !json.Valid(text) {
			return
		}
		wantItems, containers, wantDepth := sizeByDecoder(t, text)
		if items < wantItems || items > wantItems+containers || depth != wantDepth {
			t.Errorf("%q: %d items, %d deep; want %d (and up to %d for empty lists), %d deep", text, items, depth, wantItems, containers, wantDepth)
		}
	})
}

// hostile are bodies that are small for what they decode into, or deep.
func hostile() map[string][]byte {
	const size = 8 << 20
	fill := func(begin, part, end string) []byte {
		text := []byte(begin + strings.Repeat(part, (size-len(begin)-len(end))/len(part)))
		return append(bytes.TrimSuffix(text, []byte(",")), end...)
	}
	var names bytes.Buffer
	names.WriteString(`{"Name":{`)
	for i := 0; names.Len() < size-20; i++ {
		fmt.Fprintf(&names, `"%x":{},`, i)
	}
	names.WriteString(`"z":1}}`)
	return map[string][]byte{
		"lists":         fill(`{"Name":[`, `[],`, `]}`),
		"maps":          fill(`{"Name":[`, `{"a":{}},`, `]}`),
		"names":         names.Bytes(),
		"numbers":       fill(`{"Name":[`, `0,`, `]}`),
		"deep lists":    fill(``, `[`, ``),
		"deep maps":     fill(``, `{"a":`, ``),
		"closed":        fill(`[`, `]`, ``),
		"one text":      fill(`{"Name":"`, `x`, `"}`),
		"escapes":       fill(`{"Name":"`, `\u0041`, `"}`),
		"unknown":       fill(`{"Other":["`, `x`, `"]}`),
		"CBOR lists":    fill("\x9f", "\x80", "\xff"),
		"CBOR maps":     fill("\x9f", "\xa1\x61a\xa0", "\xff"),
		"CBOR deep":     fill("", "\x81", "\x00"),
		"CBOR text":     fill("\xa1\x64Name\x7f", "\x61x", "\xff"),
		"CBOR promises": fill("\x9b\x7f\xff\xff\xff\xff\xff\xff\xff", "\xbb\x7f\xff\xff\xff\xff\xff\xff\xff", ""),
	}
}

// A sink is a ResponseWriter that keeps the status alone.
type sink struct {
	header http.Header
	status int
}

func (s *sink) Header() http.Header         { return s.header }
func (s *sink) Write(p []byte) (int, error) { return len(p), nil }
func (s *sink) WriteHeader(status int)      { s.status = status }

// TestHostileBodiesTakeBoundedMemory sends bodies that decode into much more
// than they are, from several clients at once.
func TestHostileBodiesTakeBoundedMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("a gigabyte of bodies")
	}
	service := echo()
	service.CBOR = true
	handler, err := New(Config{Services: []Service{service}})
	if err != nil {
		t.Fatal(err)
	}
	bodies := hostile()
	heap := func() int64 {
		sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
		metrics.Read(sample)
		return int64(sample[0].Value.Uint64())
	}
	// Little garbage, so that the heap is what is in use.
	defer debug.SetGCPercent(debug.SetGCPercent(10))
	runtime.GC()
	before := heap()
	peak, stop := int64(0), make(chan struct{})
	look := time.NewTicker(time.Millisecond)
	defer look.Stop()
	var watch sync.WaitGroup
	watch.Go(func() {
		for {
			select {
			case <-stop:
				return
			case <-look.C:
				peak = max(peak, heap())
			}
		}
	})
	var clients sync.WaitGroup
	for range 8 {
		clients.Go(func() {
			for name, body := range bodies {
				r := httptest.NewRequest(http.MethodPost, "http://localhost/", bytes.NewReader(body))
				r.Header.Set("Content-Type", json11)
				if strings.HasPrefix(name, "CBOR") {
					r.Header.Set("Content-Type", cbor11)
				}
				r.Header.Set("X-Amz-Target", "Echo_2026.Name")
				w := &sink{header: http.Header{}}
				handler.ServeHTTP(w, r)
				if name != "unknown" && w.status != http.StatusBadRequest || w.status >= 500 {
					t.Errorf("%s: answered %d", name, w.status)
				}
			}
		})
	}
	clients.Wait()
	close(stop)
	watch.Wait()
	// Bodies and trees have their bounds; the rest is garbage.
	if most := before + 64<<20 + 96<<20 + 60<<20; peak > most {
		t.Errorf("the heap grew from %d to %d MiB, want at most %d", before>>20, peak>>20, most>>20)
	}
	t.Logf("the heap grew from %d to %d MiB", before>>20, peak>>20)
}

func TestBodiesOfTooManyItemsAreRefused(t *testing.T) {
	items := func(n int) []byte {
		return []byte(`{"Other":[` + strings.Repeat("0,", n-4) + `0]}`) // the map, a name, a list, n-3 numbers
	}
	nested := func(n int) []byte { return []byte(strings.Repeat("[", n) + strings.Repeat("]", n)) }
	for _, test := range []struct {
		name, want string
		body       []byte
	}{
		{"many items", "", items(cbor.MaxItems)},
		{"one more", "more than 16384 items", items(cbor.MaxItems + 1)},
		{"deep", "", nested(cbor.MaxDepth)},
		{"deeper", "nested more than 100 deep", nested(cbor.MaxDepth + 1)},
	} {
		_, err := decodeJSON(test.body)
		switch {
		case test.want == "" && err != nil:
			t.Errorf("%s: %v", test.name, err)
		case test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)):
			t.Errorf("%s: got %v, want …%s…", test.name, err, test.want)
		}
	}
}
