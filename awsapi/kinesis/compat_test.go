package kinesis

import (
	"bytes"
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

var rewrite = flag.Bool("rewrite", false, "write docs/kinesis.md instead of comparing it")

const (
	compatPage  = "../../docs/kinesis.md"
	compatIntro = `# Kinesis Data Streams

<!-- Written by "make generate" from the operations' own comments. -->

Leat answers the API of Kinesis Data Streams (version 2013-12-02) in JSON and in CBOR, so programs work by changing their endpoint. Requests are held
to the constraints of the service's own model and refused in AWS's words. What holds everywhere:

* A stream is named by ` + "`StreamName`, `StreamARN`" + ` or both, which must agree. ` + "`StreamId`" + `, which AWS reserves for later, is refused.
* The account is 000000000000 and the region us-east-1, unless set otherwise. ARNs of others name nothing.
* GetRecords, GetShardIterator, PutRecord and PutRecords with ` + "`DryRun`" + ` check the request, do nothing, and answer DryRunOperationException.
* Changes are in force when a call returns: a stream is ACTIVE from its creation to its end. Calls are not throttled.
* With credentials set every request is signed (version 4), in the Authorization header or in the query string, over the whole body, over signed chunks
  (STREAMING-AWS4-HMAC-SHA256-PAYLOAD), or with UNSIGNED-PAYLOAD. Clocks may differ by five minutes.
* Timestamps are seconds with a fraction in JSON, and tagged milliseconds in CBOR.
`
)

// An operationDoc is the comment about one or a few operations.
type operationDoc struct {
	names []string
	parts []string // "Behavior: …", "Differs from AWS: …", "Limits: …"
}

// operationDocs reads the comments of the package's files.
func operationDocs(t *testing.T, known []string) []operationDoc {
	t.Helper()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	var docs []operationDoc
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		for _, comment := range file.Comments {
			if doc, ok := operationDocOf(comment, known); ok {
				docs = append(docs, doc)
			}
		}
	}
	slices.SortFunc(docs, func(a, b operationDoc) int { return strings.Compare(a.names[0], b.names[0]) })
	return docs
}

// operationDocOf reads a comment whose first paragraph is names of operations.
func operationDocOf(comment *ast.CommentGroup, known []string) (operationDoc, bool) {
	title, rest, _ := strings.Cut(comment.Text(), "\n\n")
	names := strings.FieldsFunc(strings.ReplaceAll(title, " and ", ","), func(r rune) bool { return r == ',' || r == ' ' || r == '\n' })
	for _, name := range names {
		if !slices.Contains(known, name) {
			return operationDoc{}, false
		}
	}
	doc := operationDoc{names: names}
	for part := range strings.SplitSeq(rest, "\n\n") {
		doc.parts = append(doc.parts, strings.Join(strings.Fields(part), " "))
	}
	return doc, len(names) > 0
}

func TestTheCompatibilityPageSaysWhatOperationsSay(t *testing.T) {
	service := Service(Config{})
	var known, told []string
	for _, operation := range service.Operations {
		known = append(known, operation.Name)
	}
	var page bytes.Buffer
	page.WriteString(compatIntro)
	for _, doc := range operationDocs(t, known) {
		fmt.Fprintf(&page, "\n## %s\n", strings.Join(doc.names, ", "))
		told = append(told, doc.names...)
		heads := []string{"Behavior: ", "Differs from AWS: ", "Limits: "}
		if len(doc.parts) != len(heads) {
			t.Errorf("the comment of %v has %d paragraphs, want %q", doc.names, len(doc.parts), heads)
			continue
		}
		for i, part := range doc.parts {
			text, ok := strings.CutPrefix(part, heads[i])
			if !ok {
				t.Errorf("the comment of %v has %q, want %s…", doc.names, part, heads[i])
			}
			fmt.Fprintf(&page, "* **%s:** %s\n", strings.TrimSuffix(heads[i], ": "), text)
		}
	}
	slices.Sort(told)
	if slices.Sort(known); !slices.Equal(known, told) {
		t.Errorf("operations are\n%v\nbut comments tell of\n%v", known, told)
	}
	page.WriteString("\n## Not supported\nRefused by name, with UnsupportedOperationException:\n")
	for _, name := range service.Unsupported {
		fmt.Fprintf(&page, "%s%s", map[bool]string{true: "", false: ", "}[name == service.Unsupported[0]], name)
	}
	page.WriteString(".\n")

	if *rewrite {
		if err := os.WriteFile(compatPage, page.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	kept, err := os.ReadFile(compatPage)
	if err != nil || !bytes.Equal(kept, page.Bytes()) {
		t.Errorf("docs/kinesis.md differs from the operations' comments (%v): run make generate", err)
	}
}
