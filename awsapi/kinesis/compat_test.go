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
* There is one account and one set of streams: a name is the same stream in all regions, and an ARN of any region and account names the stream of its name. The
  ARNs of answers have the region that a request is signed for, else that of ` + "`--region`" + ` (us-east-1), and the account of ` + "`--account`" + ` (000000000000, or an access key id of
  twelve digits); those of a request that has an ARN have that one's. See decision 12.
* Pages in browsers may ask with credentials set, as on AWS. Without, only pages of this machine, and of origins given by ` + "`--allow-origin`" + `: see decision 13.
* Bodies may be sent with ` + "`Content-Encoding: gzip`" + `; they have the same limit of 20 MiB when they are inflated. Other encodings are refused by name.
* Errors have the names and texts of AWS. Where AWS gives none, as for bodies that are no JSON and operations that are not there, Leat adds one.
* GetRecords, GetShardIterator, PutRecord, PutRecords and SubscribeToShard with ` + "`DryRun`" + ` check the request and answer DryRunOperationException. They read and
  write nothing, and count for no limit.
* Changes are in force when a call returns, and a stream is ACTIVE from its creation to its end. With ` + "`leat serve --stream-status-delay 2s`" + ` it shows CREATING,
  UPDATING and DELETING for that long, and refuses what AWS refuses then. Nothing is throttled, unless the server runs with ` + "`--enforce-limits`" + `: see Limits below.
* With credentials set every request is signed (version 4), in the Authorization header or in the query string, over the whole body, over signed chunks
  (STREAMING-AWS4-HMAC-SHA256-PAYLOAD), or with UNSIGNED-PAYLOAD. Clocks may differ by five minutes.
* Timestamps are seconds with a fraction in JSON, and tagged milliseconds in CBOR.

## Limits

` + "`leat serve --enforce-limits`" + ` (LEAT_ENFORCE_LIMITS=1) throttles as AWS does in us-east-1, in AWS's words, so that a program's back-off can be tested.
Of everything that has a rate a second's worth may come at once. Counts are kept in memory: a restart begins anew.

| what | limit | over it |
|---|---|---|
| writing to a shard | 1 MiB and 1,000 records a second, data and keys | ProvisionedThroughputExceededException: of PutRecord the call, of PutRecords single records, while the others are stored |
| writing to an on-demand stream | 4 MiB and 4,000 records a second, or its warm throughput, or twice its peak: the greatest average over a minute since the server started; wherever its keys fall | the same |
| a record larger than a second's worth | taken when the shard owes nothing; what comes after waits until it is paid for | the same |
| reading a shard | 5 GetRecords calls and 2 MiB a second; 10 MiB in one call keep the shard's readers waiting for 5 seconds | ProvisionedThroughputExceededException |
| SubscribeToShard | 2 MiB a second of each consumer and shard | the next event waits |
| GetShardIterator | 5 a second and shard | ProvisionedThroughputExceededException |
| CreateStream, DeleteStream, ListStreams, MergeShards, RegisterStreamConsumer, SplitShard, UpdateShardCount, UpdateStreamMode; tags, policies and account settings; UpdateMaxRecordSize, UpdateStreamWarmThroughput | 5 a second, of all streams together | LimitExceededException |
| DescribeStream 10, DescribeStreamSummary 20, DescribeLimits 1 | a second, of all streams together | LimitExceededException |
| retention, encryption and monitoring switches, DeregisterStreamConsumer, ListStreamConsumers 5; DescribeStreamConsumer 20; ListShards 1,000 | a second and stream | LimitExceededException |
| UpdateStreamMode 2, UpdateShardCount 10, StartStreamEncryption 25, StopStreamEncryption 25 | successful calls in 24 hours, each stream | LimitExceededException |
| the account | 20,000 open shards of provisioned streams, 50 on-demand streams; 5 streams CREATING or DELETING at once, with ` + "`--stream-status-delay`" + ` | LimitExceededException |

Not as on AWS: a single partition key of an on-demand stream has no limit of its own; AWS's 2,000 records a second for reading a shard, which its API reference does not
know, is not enforced. Views and delivery streams read without limit; records that ` + "`leat put`" + ` sends count like any.
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
	service := New(Config{}).Service()
	var known, told []string
	for _, operation := range service.Operations {
		known = append(known, operation.Name)
	}
	var page bytes.Buffer
	page.WriteString(compatIntro + compatClients)
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
