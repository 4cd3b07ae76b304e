package e2e

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// An application is two workers of the Kinesis Client Library that share a
// stream's shards by leases in DynamoDB.
type application struct {
	mode    string // polling or fanout
	dynamo  string
	journal string
	workers map[string]*program
}

// startApplication starts the two workers.
func startApplication(t *testing.T, p *process, dynamo, stream, mode string) *application {
	t.Helper()
	a := &application{mode: mode, dynamo: dynamo, journal: filepath.Join(t.TempDir(), mode), workers: map[string]*program{}}
	for _, worker := range []string{"left", "right"} {
		a.workers[worker] = begin(t, mode+" "+worker, java(t, "KclWorker", mode, "http://"+p.AWS, dynamo, stream, mode, worker, a.journal))
	}
	return a
}

// await waits until the journal has what is looked for.
func (a *application) await(t *testing.T, what string, has func([]deed) bool) {
	t.Helper()
	var deeds []deed
	err := poll(func() (_ bool, err error) {
		deeds, err = readJournal(a.journal)
		return has(deeds), err
	})
	if err != nil {
		t.Fatalf("%s: wait until %s: %v; the last deeds are %v", a.mode, what, err, deeds[max(0, len(deeds)-5):])
	}
}

// workersOfLeases returns who holds the leases of shards that have not ended.
func (a *application) workersOfLeases(t *testing.T) map[string]string {
	t.Helper()
	code, out, errs := run(t, "", []string{
		"AWS_DEFAULT_REGION=us-east-1", "AWS_ACCESS_KEY_ID=any", "AWS_SECRET_ACCESS_KEY=any", "AWS_PAGER=", "AWS_EC2_METADATA_DISABLED=true",
		"AWS_CONFIG_FILE=/dev/null", "AWS_SHARED_CREDENTIALS_FILE=/dev/null",
	}, "aws", "dynamodb", "scan", "--endpoint-url", a.dynamo, "--table-name", a.mode, "--output", "json")
	if code != 0 {
		t.Fatal(errs)
	}
	var table struct {
		Items []map[string]struct{ S string }
	}
	if err := json.Unmarshal([]byte(out), &table); err != nil {
		t.Fatal(err)
	}
	owners := map[string]string{}
	for _, item := range table.Items { // the table holds other things of the workers, too
		if shard := item["leaseKey"].S; strings.HasPrefix(shard, "shardId-") && item["checkpoint"].S != "SHARD_END" {
			owners[shard] = item["leaseOwner"].S
		}
	}
	return owners
}

// TestTheKinesisClientLibrarySharesAStreamAndLosesNothing runs applications of
// two workers each, and kills one of them in the middle of the records.
func TestTheKinesisClientLibrarySharesAStreamAndLosesNothing(t *testing.T) {
	needs(t, "aws")
	dynalite := begin(t, "dynalite", node(t, "dynalite.js"))
	p := serve(t, t.TempDir())
	p.createStream(t, "numbers", 2)
	numbers := startNumbers(t, p, "numbers")
	dynamo := dynalite.awaitLine(t)
	var applications []*application
	for _, mode := range []string{"polling"} {
		applications = append(applications, startApplication(t, p, dynamo, "numbers", mode))
	}
	for _, a := range applications {
		a.await(t, "both workers process records", func(deeds []deed) bool {
			return slices.ContainsFunc(deeds, isRecordOf("left")) && slices.ContainsFunc(deeds, isRecordOf("right"))
		})
	}

	for _, a := range applications {
		victim, survivor := "left", "right"
		if rand.N(2) == 0 { // one of them assigns the leases, the other does not
			victim, survivor = survivor, victim
		}
		t.Logf("%s: kill %s", a.mode, victim)
		a.workers[victim].kill()
		err := poll(func() (bool, error) {
			owners := a.workersOfLeases(t)
			for _, owner := range owners {
				if owner != survivor {
					return false, nil
				}
			}
			return len(owners) == 2, nil
		})
		if err != nil {
			t.Fatalf("%s: wait until %s has all leases: %v; they are with %v", a.mode, survivor, err, a.workersOfLeases(t))
		}
	}
	numbers.stop(t)
	for _, a := range applications {
		a.await(t, "all records are processed", func(deeds []deed) bool { return len(firstNumbers(deeds)) == numberKeys*numbers.rounds })
		deeds, err := readJournal(a.journal)
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%s: %d records, processed %d times", a.mode, numberKeys*numbers.rounds, count(deeds, isRecord))
		checkOrder(t, a.mode, deeds)
	}
}

func isRecord(d deed) bool { return d.kind == "record" }

func isRecordOf(worker string) func(deed) bool {
	return func(d deed) bool { return isRecord(d) && d.worker == worker }
}

func count(deeds []deed, want func(deed) bool) (n int) {
	for _, d := range deeds {
		if want(d) {
			n++
		}
	}
	return n
}

// firstNumbers returns the records in the order in which each was first
// processed.
func firstNumbers(deeds []deed) []deed {
	seen := map[string]bool{}
	var first []deed
	for _, d := range deeds {
		if name := d.key + " " + d.data; isRecord(d) && !seen[name] {
			seen[name] = true
			first = append(first, d)
		}
	}
	return first
}

// checkOrder checks that the numbers of each key were processed in their order,
// whatever the shards and the workers, and that none is missing.
func checkOrder(t *testing.T, mode string, deeds []deed) {
	t.Helper()
	next := map[string]int{}
	for _, d := range firstNumbers(deeds) {
		if want := strconv.Itoa(next[d.key]); d.data != want {
			t.Fatalf("%s: %s has number %s where %s comes next, in %s by %s", mode, d.key, d.data, want, d.shard, d.worker)
		}
		next[d.key]++
	}
	for i := range numberKeys {
		if next[keyName(i)] == 0 {
			t.Errorf("%s: %s has no numbers", mode, keyName(i))
		}
	}
	if len(next) != numberKeys {
		t.Error(fmt.Sprint(mode, ": unknown keys in ", next))
	}
}
