package cbor

import (
	"bytes"
	"encoding/hex"
	"math"
	"strings"
	"testing"
	"time"

	library "github.com/fxamacker/cbor/v2"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func unhex(t *testing.T, text string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll(text, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestDocumentsBecomeTrees(t *testing.T) {
	moment := time.UnixMilli(1700000000007).UTC()
	for _, test := range []struct {
		document string
		want     any
	}{
		{"00", int64(0)}, {"17", int64(23)}, {"1818", int64(24)}, {"190100", int64(256)}, {"1a00010000", int64(65536)},
		{"1b7fffffffffffffff", int64(math.MaxInt64)}, {"1bffffffffffffffff", float64(1 << 64)},
		{"20", int64(-1)}, {"3b7fffffffffffffff", int64(math.MinInt64)}, {"3bffffffffffffffff", float64(-1 << 64)},
		{"40", []byte{}}, {"43010203", []byte{1, 2, 3}}, {"5f 4101 420203 ff", []byte{1, 2, 3}}, {"5fff", []byte{}},
		{"60", ""}, {"63e697a5", "日"}, {"7f 6161 626263 ff", "abc"},
		{"80", []any{}}, {"820102", []any{int64(1), int64(2)}}, {"9f01 80 ff", []any{int64(1), []any{}}},
		{"a0", map[string]any{}}, {"a16161 01", map[string]any{"a": int64(1)}}, {"bf 6161 01 6162 f6 ff", map[string]any{"a": int64(1), "b": nil}},
		{"a2 6161 01 6161 02", map[string]any{"a": int64(2)}},
		{"f4", false}, {"f5", true}, {"f6", nil}, {"f7", nil},
		{"f93e00", 1.5}, {"f9c400", -4.0}, {"f90001", math.Ldexp(1, -24)}, {"fa47c35000", 100000.0}, {"fb3ff199999999999a", 1.1},
		{"c1 1b0000018bcfe56807", moment}, {"c1 fb4278bcfe56807000", moment}, {"c1 20", time.UnixMilli(-1).UTC()},
		{"d9d9f7 01", int64(1)}, {"c0 6161", "a"},
	} {
		got, err := Decode(unhex(t, test.document))
		if err != nil {
			t.Errorf("%s: %v", test.document, err)
		} else if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s: %s", test.document, diff)
		}
	}
}

func TestWrongDocumentsAreRefused(t *testing.T) {
	for document, want := range map[string]string{
		"":                               "cut short",
		"18":                             "cut short",
		"1c":                             "reserved form",
		"1f":                             "reserved form",
		"0000":                           "more after",
		"42 01":                          "longer than the document",
		"5bffffffffffffffff":             "longer than the document",
		"61 ff":                          "UTF-8",
		"7f 61ff ff":                     "UTF-8",
		"7f 4161 ff":                     "reserved form",
		"5f 5f4101ff ff":                 "reserved form",
		"5f 4101":                        "cut short",
		"9bffffffffffffffff":             "cut short",
		"9f":                             "cut short",
		"ff":                             "break",
		"81 ff":                          "break",
		"bf 6161 ff":                     "break",
		"a1 01 02":                       "not a text",
		"c1 6161":                        "not a number",
		"c1 1b7fffffffffffffff":          "year 9999",
		"c1 1bffffffffffffffff":          "year 9999",
		"c1 3bffffffffffffffff":          "year 9999",
		"f97c00":                         "not finite",
		"f97e00":                         "not finite",
		"fb7ff8000000000000":             "not finite",
		"e0":                             "no meaning",
		"f820":                           "no meaning",
		"df":                             "reserved form",
		strings.Repeat("81", 200) + "00": "nested",
		strings.Repeat("c2", 200) + "00": "nested",
		"9a00100000" + strings.Repeat("00", 1<<14): "more than 16384 items",
	} {
		_, err := Decode(unhex(t, document))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.40s: got %v, want …%s…", document, err, want)
		}
	}
}

// theirs decodes with the library, as strictly; milliseconds come as seconds.
func theirs(t testing.TB) library.DecMode {
	mode, err := library.DecOptions{
		DefaultMapType: nil, MaxNestedLevels: 1000, MaxArrayElements: math.MaxInt32, MaxMapPairs: math.MaxInt32,
	}.DecMode()
	if err != nil {
		t.Fatal(err)
	}
	return mode
}

// FuzzDecode holds Decode to a library that reads all of CBOR: what one takes
// is well formed to the other, and encoding the tree and decoding it again
// gives the same tree.
func FuzzDecode(f *testing.F) {
	for _, seed := range []string{"bf6161017f6162ff9f0102ffff", "c11b0000018bcfe56807", "a1616343010203", "5f4101ff", "f93e00", "fb3ff199999999999a", "d9d9f701"} {
		b, _ := hex.DecodeString(seed)
		f.Add(b)
	}
	mode := theirs(f)
	f.Fuzz(func(t *testing.T, document []byte) {
		tree, err := Decode(document)
		if err != nil {
			return
		}
		if err := mode.Wellformed(document); err != nil {
			t.Fatalf("%x: taken as %v, but %v", document, tree, err)
		}
		again, err := Decode(appendTree(nil, tree))
		if err != nil {
			t.Fatalf("%x: %v is not read back: %v", document, tree, err)
		}
		if diff := cmp.Diff(tree, again); diff != "" {
			t.Fatalf("%x: %s", document, diff)
		}
	})
}

// appendTree writes a tree with this package's encoders.
func appendTree(dst []byte, tree any) []byte {
	switch value := tree.(type) {
	case map[string]any:
		dst = AppendMap(dst, len(value))
		for key, entry := range value {
			dst = appendTree(AppendText(dst, key), entry)
		}
	case []any:
		dst = AppendList(dst, len(value))
		for _, element := range value {
			dst = appendTree(dst, element)
		}
	case string:
		dst = AppendText(dst, value)
	case []byte:
		dst = AppendBlob(dst, value)
	case int64:
		dst = AppendInt(dst, value)
	case time.Time:
		dst = AppendTimestamp(dst, value.UnixMilli())
	default:
		encoded, err := Marshal(value)
		if err != nil {
			panic(err)
		}
		dst = append(dst, encoded...)
	}
	return dst
}

// TestTreesOfTheLibraryAreRead makes documents with the library.
func TestTreesOfTheLibraryAreRead(t *testing.T) {
	value := rapid.Deferred(func() *rapid.Generator[any] {
		return rapid.OneOf(
			rapid.Int64().AsAny(), rapid.String().AsAny(), rapid.Bool().AsAny(), rapid.Float64Range(-1e9, 1e9).AsAny(),
			rapid.SliceOfN(rapid.Byte(), 0, 300).AsAny(),
		)
	})
	rapid.Check(t, func(rt *rapid.T) {
		want := rapid.MapOf(rapid.String(), value).Draw(rt, "tree")
		for key, entry := range want {
			if blob, ok := entry.([]byte); ok && blob == nil {
				want[key] = []byte{}
			}
		}
		document, err := library.Marshal(want)
		if err != nil {
			rt.Fatal(err)
		}
		got, err := Decode(document)
		if err != nil {
			rt.Fatalf("%x: %v", document, err)
		}
		if diff := cmp.Diff(any(want), got); diff != "" {
			rt.Fatal(diff)
		}
	})
}

func TestScannerTakesDefiniteStringsOnly(t *testing.T) {
	for _, test := range []struct {
		document   string
		text, blob bool
	}{
		{"6161", true, false}, {"4161", false, true}, {"61ff", false, false}, {"7f6161ff", false, false}, {"5f4161ff", false, false},
		{"7b7fffffffffffffff", false, false}, {"5bffffffffffffffff", false, false}, {"01", false, false}, {"", false, false},
	} {
		var s Scanner
		s.Reset(unhex(t, test.document))
		if got, ok := s.Text(); ok != test.text || ok && (string(got) != "a" || !s.End()) {
			t.Errorf("%s: text %q, %v", test.document, got, ok)
		}
		s.Reset(unhex(t, test.document))
		if got, ok := s.Blob(); ok != test.blob || ok && (!bytes.Equal(got, []byte("a")) || cap(got) != 1 || !s.End()) {
			t.Errorf("%s: blob %q, %v", test.document, got, ok)
		}
	}
}

func TestScannerCountsItems(t *testing.T) {
	for document, want := range map[string]int{"80": 0, "826161 6162": 2, "9fff": 0, "9f6161 6162 6163ff": 3} {
		var s Scanner
		s.Reset(unhex(t, document))
		items, ok := s.List()
		n := 0
		for ok && s.Next(&items) {
			_, ok = s.Text()
			n++
		}
		if !ok || n != want || !s.End() {
			t.Errorf("%s: %d items, %v", document, n, ok)
		}
	}
}
