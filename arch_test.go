package leat_test

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// rows is the architecture, top to bottom: a package may import packages of
// the rows below its own, and packages of its own tree (kinesis and awsapi).
// ARCHITECTURE.md says what each is for.
var rows = [][]string{
	{"cmd/leat"},
	{"server"},
	{"awsapi", "pgwire"},
	{"delivery", "warehouse"},
	{"lake"},
	{"shardlog", "redshift", "rowfile", "metastore", "blob", "simulate"},
	{"duck", "vfs", "source"},
	{"."},
}

// heavy lists dependencies that live in one package each, so that replacing
// one is cheap.
var heavy = map[string]string{
	"github.com/duckdb/duckdb-go":        "duck",
	"modernc.org/sqlite":                 "metastore",
	"github.com/alecthomas/kong":         "cmd/leat",
	"github.com/jackc/pgx/v5/pgproto3":   "pgwire",
	"github.com/fxamacker/cbor":          "awsapi",
	"github.com/aws/aws-sdk-go-v2":       "cmd/leat",
	"github.com/klauspost/compress/gzip": "rowfile",
}

const (
	maxFileLines     = 600
	minDocLines      = 5
	maxDocLines      = 40
	medianFileLines  = 200
	generatedComment = "// Code generated "
)

func TestImportsPointDown(t *testing.T) {
	rank := map[string]int{}
	for i, row := range rows {
		for _, tree := range row {
			rank[tree] = i
		}
	}
	for _, file := range sources(t) {
		from := treeOf(path.Dir(file.path))
		own, known := rank[from]
		if !known {
			if strings.HasPrefix(file.path, "e2e/") {
				continue
			}
			t.Errorf("%s: package %s is in no row of the architecture: add it to rows and to ARCHITECTURE.md", file.path, from)
			continue
		}
		for _, imported := range file.imports {
			if helpsTests(imported) && !helpsTests(path.Dir(file.path)) {
				t.Errorf("%s imports %s, which is for tests alone", file.path, imported)
			}
			if dependency, ok := strings.CutPrefix(imported, "leat/"); ok || imported == "leat" {
				if imported == "leat" {
					dependency = "."
				}
				to := treeOf(dependency)
				if to != from && rank[to] <= own {
					t.Errorf("%s imports %s: imports point down, and packages of one row do not import each other", file.path, imported)
				}
				continue
			}
			for module, home := range heavy {
				if strings.HasPrefix(imported, module) && from != home && !helpsTests(path.Dir(file.path)) {
					t.Errorf("%s imports %s, which only package %s may", file.path, imported, home)
				}
			}
		}
	}
}

func TestEveryPackageHasADoc(t *testing.T) {
	docs := map[string]int{}
	for _, file := range sources(t) {
		dir := path.Dir(file.path)
		docs[dir] += file.docLines
	}
	for dir, lines := range docs {
		if lines < minDocLines || lines > maxDocLines {
			t.Errorf("package doc of %s has %d lines, want %d to %d: what it is for, its invariants, what it does not do", dir, lines, minDocLines, maxDocLines)
		}
	}
}

func TestFilesAreSmall(t *testing.T) {
	var lengths []int
	for _, file := range sources(t) {
		lengths = append(lengths, file.lines)
		if file.lines > maxFileLines {
			t.Errorf("%s has %d lines, more than %d: split it by idea", file.path, file.lines, maxFileLines)
		}
	}
	slices.Sort(lengths)
	if median := lengths[len(lengths)/2]; median > medianFileLines {
		t.Errorf("the median file has %d lines, more than %d", median, medianFileLines)
	}
}

func TestOnlyMainExits(t *testing.T) {
	for _, file := range sources(t) {
		if strings.HasPrefix(file.path, "cmd/") {
			continue
		}
		for _, call := range []string{"os.Exit(", "log.Fatal"} {
			if bytes.Contains(file.text, []byte(call)) {
				t.Errorf("%s calls %s…: only main ends the process", file.path, call)
			}
		}
	}
}

// treeOf returns the entry of rows that a package folder belongs to:
// awsapi/kinesis belongs to awsapi, cmd/leat/client to cmd/leat.
func treeOf(dir string) string {
	first, rest, _ := strings.Cut(dir, "/")
	if first == "cmd" {
		command, _, _ := strings.Cut(rest, "/")
		return first + "/" + command
	}
	return first
}

// helpsTests says whether a package is no part of Leat, but of its tests, as
// awstest or vfstest: they may use clients that Leat itself does not.
func helpsTests(dir string) bool { return strings.HasSuffix(dir, "test") }

type sourceFile struct {
	path     string // with slashes, from the module's root
	text     []byte
	lines    int
	docLines int
	imports  []string
}

// sources reads every hand-written Go file that is not a test.
func sources(t *testing.T) []sourceFile {
	t.Helper()
	var files []sourceFile
	err := filepath.WalkDir(".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			if base := entry.Name(); name != "." && (strings.HasPrefix(base, ".") || base == "testdata" || base == "leat-data") {
				return fs.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		if bytes.HasPrefix(text, []byte(generatedComment)) {
			return nil
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), name, text, parser.ImportsOnly|parser.ParseComments)
		if err != nil {
			return err
		}
		files = append(files, sourceFile{
			path:     filepath.ToSlash(name),
			text:     text,
			lines:    bytes.Count(text, []byte("\n")),
			docLines: docLines(parsed),
			imports:  importsOf(t, parsed),
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(files) == 0 {
		t.Fatal("no Go files found: the test must run in the module's root")
	}
	return files
}

func docLines(file *ast.File) int {
	if file.Doc == nil {
		return 0
	}
	return strings.Count(file.Doc.Text(), "\n")
}

func importsOf(t *testing.T, file *ast.File) []string {
	t.Helper()
	var paths []string
	for _, spec := range file.Imports {
		imported, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			t.Fatal(err)
		}
		paths = append(paths, imported)
	}
	return paths
}
