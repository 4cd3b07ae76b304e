package e2e

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestTheReadmesTourWorksWordForWord types the README's tour, block by block,
// kills the server in the end, and looks again. Only the ports are others, and
// the program is the one under test.
func TestTheReadmesTourWorksWordForWord(t *testing.T) {
	needs(t, "aws")
	needs(t, "psql")
	blocks := tour(t)
	dir := t.TempDir()
	if err := os.Symlink(binary, filepath.Join(dir, "leat")); err != nil {
		t.Fatal(err)
	}
	data := filepath.Join(dir, "leat-data", "tour")
	p := serve(t, data)

	// What a block must print in the end, found by a word of the block.
	wants := []struct{ block, output string }{
		{"CREATE EXTERNAL SCHEMA", "CREATE MATERIALIZED VIEW"},
		{"create-delivery-stream", "deliverystream/orders-lake"},
		{"./leat put", "put 10 records"},
		{"SELECT payload.state", "NSW   |    10 | 999.00"},
		{"find leat-data", "orders/state=VIC/orders-lake-1-"},
		{"FROM sys_stream_scan_errors", "column payload: the data is not valid JSON"},
	}
	environment := ""
	for _, block := range blocks[1:] {
		if strings.Contains(block, "export AWS_ENDPOINT_URL") {
			environment = exports(block)
		}
		code, out, errs := p.bash(t, dir, environment+block)
		if code != 0 {
			t.Fatalf("this block of the README ends with %d:\n%s\n%s%s", code, block, out, errs)
		}
		for _, want := range wants {
			if strings.Contains(block, want.block) && !strings.Contains(out, want.output) {
				t.Errorf("this block of the README does not print %q:\n%s\n%s%s", want.output, block, out, errs)
			}
		}
	}

	p.kill()
	if code, out, errs := leat(t, "", "verify", "--data", data); code != 0 {
		t.Errorf("verify after the kill ends with %d: %s%s", code, out, errs)
	}
	p = serve(t, data)
	for _, block := range blocks {
		for _, want := range wants[3:] {
			if !strings.Contains(block, want.block) {
				continue
			}
			if _, out, errs := p.bash(t, dir, environment+questions(block)); !strings.Contains(out, want.output) {
				t.Errorf("after the kill this does not print %q:\n%s\n%s%s", want.output, block, out, errs)
			}
		}
	}
}

// tour returns the README's blocks of shell commands.
func tour(t *testing.T) []string {
	t.Helper()
	text, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	var blocks []string
	for _, match := range regexp.MustCompile("(?s)```sh\n(.*?)```").FindAllStringSubmatch(string(text), -1) {
		blocks = append(blocks, match[1])
	}
	if len(blocks) < 6 || !strings.Contains(blocks[0], "./leat serve --data leat-data/tour\n") {
		t.Fatalf("the README has %d blocks of shell commands, and the first should start the server", len(blocks))
	}
	return blocks
}

// questions leaves out of a block what may be done only once.
func questions(block string) string {
	if i := strings.Index(block, "psql "); i >= 0 {
		return block[i:]
	}
	return block
}

// exports returns a block's lines that set the environment.
func exports(block string) string {
	var lines strings.Builder
	for line := range strings.Lines(block) {
		if strings.HasPrefix(line, "export ") {
			lines.WriteString(line)
		}
	}
	return lines.String()
}

// bash runs a script against the server.
func (p *process) bash(t *testing.T, dir, script string) (code int, stdout, stderr string) {
	t.Helper()
	script = strings.NewReplacer(
		"http://127.0.0.1:4566", "http://"+p.AWS,
		"host=127.0.0.1 port=5439", "host=127.0.0.1 port="+p.SQL[strings.LastIndex(p.SQL, ":")+1:],
	).Replace(script)
	return run(t, "set -eu\ncd '"+dir+"'\n"+script, nil, "bash")
}
