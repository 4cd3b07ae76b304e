package delivery

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// pyarrow reads the whole folder as one data set, as docs/lake.md says, and
// every value is what its record had, whatever came when.
func TestPyarrowReadsTheFolderAsOneDataSet(t *testing.T) {
	python := os.Getenv("LEAT_PYTHON")
	if python == "" {
		python = "python3"
	}
	if out, err := exec.Command(python, "-c", "import pyarrow.dataset").CombinedOutput(); err != nil {
		if os.Getenv("LEAT_E2E") == "required" {
			t.Fatalf("pyarrow is required: %s", out)
		}
		t.Skip("pyarrow is not installed")
	}
	batches := [][]string{
		{`{"i":0,"n":1,"big":9007199254740993,"m":true,"t":"x","userId":7,"d":1}`, `{"i":1,"n":2,"big":-9223372036854775808,"d":2}`},
		{`{"i":2,"n":2.25,"big":1.5,"m":false,"t":"y","userid":8,"d":1.0}`},
		{`{"i":3,"n":18446744073709551615,"big":12345678901234567.89,"t":{"k": 1.10},"USERID":9,"d":1.5}`},
		{`{"i":4,"n":9007199254740993,"m":5,"t":[1, "z"],"d":2}`, `{"i":5,"n":0.000000000000001,"m":"w","late":"é","d":1}`},
		{`{"i":6,"n":123456789012345678,"big":9007199254740993,"m":1.10,"t":null,"d":1}`},
	}
	want := []string{
		`{"big": "9007199254740993", "d": "1", "i": 0, "m": "true", "n": "1", "t": "x", "userid": 7}`,
		`{"big": "-9223372036854775808", "d": "2", "i": 1, "n": "2"}`,
		`{"big": "1.5", "d": "1", "i": 2, "m": "false", "n": "2.25", "t": "y", "userid": 8}`,
		`{"big": "12345678901234567.89", "d": "1.5", "i": 3, "n": "18446744073709551615", "t": "{\"k\": 1.10}", "userid": 9}`,
		`{"d": "2", "i": 4, "m": "5", "n": "9007199254740993", "t": "[1, \"z\"]"}`,
		`{"d": "1", "i": 5, "late": "é", "m": "w", "n": "0.000000000000001"}`,
		`{"big": "9007199254740993", "d": "1", "i": 6, "m": "1.10", "n": "123456789012345678"}`,
	}
	for _, query := range []string{"", "SELECT *, i + 0 AS j FROM records"} {
		r := newRig(t)
		src := newMemSource("events")
		r.sources["events"] = src
		r.start()
		def := openLake
		def.Prefix, def.Query = "d=!{partitionKeyFromQuery:d}/", query
		r.create(def)
		for _, records := range batches {
			src.put(began, records...)
			r.flush("lake")
		}
		r.checkLedger("lake", 7)
		folder := t.TempDir()
		for key, data := range r.objects() {
			path := filepath.Join(folder, filepath.FromSlash(key))
			if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, []byte(data), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		out, err := exec.Command(python, "testdata/dataset.py", folder).Output()
		if err != nil {
			t.Fatalf("%v: %s", err, err.(*exec.ExitError).Stderr)
		}
		lines := strings.Split(strings.TrimSpace(string(out)), "\n")
		var got []string
		for _, line := range lines[1:] {
			var row map[string]any
			if err := json.Unmarshal([]byte(line), &row); err != nil {
				t.Fatal(err)
			}
			if query != "" && row["j"] != row["i"] {
				t.Errorf("%s", line)
			}
			got = append(got, strings.Replace(line, fmt.Sprintf(`"j": %v, `, row["i"]), "", 1))
		}
		key := func(row string) string { return row[strings.Index(row, `"i":`):][:6] }
		slices.SortFunc(got, func(a, b string) int { return strings.Compare(key(a), key(b)) })
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q: %s\n%s", query, diff, lines[0])
		}
	}
}
