package e2e

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
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

	survivor string // the worker that was not killed
}

// startApplication starts the two workers.
func startApplication(t *testing.T, p *process, dynamo, stream, mode string) *application {
	t.Helper()
	a := &application{mode: mode, dynamo: dynamo, journal: filepath.Join(t.TempDir(), mode), workers: map[string]*program{}}
	for _, worker := range []string{"left", "right"} {
		if worker == "right" {
			// Of two workers that make an application's state at the same moment,
			// the library gives one up.
			if err := poll(func() (bool, error) { return len(a.table(t)) > 0, nil }); err != nil {
				t.Fatalf("%s: wait for the application's state: %v", mode, err)
			}
		}
		a.workers[worker] = begin(t, mode+" "+worker, java(t, "KclWorker", mode, "http://"+p.AWS, dynamo, stream, mode, worker, a.journal))
	}
	return a
}

// await waits until the journal has what is looked for.
func (a *application) await(t *testing.T, what string, has func([]deed) bool) {
	t.Helper()
	var deeds []deed
	err := poll(func() (_ bool, err error) {
		for name, worker := range a.workers {
			if a.survivor != "" && name != a.survivor {
				continue
			}
			select {
			case <-worker.ended:
				return false, fmt.Errorf("worker %s has ended", name)
			default:
			}
		}
		deeds, err = readJournal(a.journal)
		return has(deeds), err
	})
	if err != nil {
		t.Fatalf("%s: wait until %s: %v; the last deeds are %v", a.mode, what, err, deeds[max(0, len(deeds)-5):])
	}
}

// table returns what the workers keep in DynamoDB; nothing while there is no
// table.
func (a *application) table(t *testing.T) []map[string]struct{ S string } {
	t.Helper()
	code, out, errs := run(t, "", []string{
		"AWS_DEFAULT_REGION=us-east-1", "AWS_ACCESS_KEY_ID=any", "AWS_SECRET_ACCESS_KEY=any", "AWS_PAGER=", "AWS_EC2_METADATA_DISABLED=true",
		"AWS_CONFIG_FILE=/dev/null", "AWS_SHARED_CREDENTIALS_FILE=/dev/null",
	}, "aws", "dynamodb", "scan", "--endpoint-url", a.dynamo, "--table-name", a.mode, "--output", "json")
	if code != 0 && !strings.Contains(errs, "ResourceNotFoundException") {
		t.Fatal(errs)
	} else if code != 0 {
		return nil
	}
	var table struct {
		Items []map[string]struct{ S string }
	}
	if err := json.Unmarshal([]byte(out), &table); err != nil {
		t.Fatal(err)
	}
	return table.Items
}

// workersOfLeases returns who holds the leases of shards that have not ended.
func (a *application) workersOfLeases(t *testing.T) map[string]string {
	t.Helper()
	owners := map[string]string{}
	for _, item := range a.table(t) { // the table holds other things of the workers, too
		if shard := item["leaseKey"].S; strings.HasPrefix(shard, "shardId-") && item["checkpoint"].S != "SHARD_END" {
			owners[shard] = item["leaseOwner"].S
		}
	}
	return owners
}

// TestTheKinesisClientLibraryLosesNothing runs two applications of two workers,
// one that polls and one with enhanced fan-out, and disturbs them: a shard is
// split, a worker of each is killed, and the halves are merged again, while
// numbered records come, and among them the Kinesis Producer Library's.
func TestTheKinesisClientLibraryLosesNothing(t *testing.T) {
	campaign(t)
	t.Parallel()
	needs(t, "aws")
	dynalite := begin(t, "dynalite", node(t, "dynalite.js"))
	data := t.TempDir()
	p := serve(t, data, "--tls-self-signed")
	p.createStream(t, "numbers", 2)
	dynamo := dynalite.awaitLine(t)
	var applications []*application
	for _, mode := range []string{"polling", "fanout"} {
		applications = append(applications, startApplication(t, p, dynamo, "numbers", mode))
	}
	numbers := startNumbers(t, p, "numbers")
	p.kplProducer(t, data, "numbers").finish(t)
	for _, a := range applications {
		a.await(t, "all shards are read", hasBegun(0, 1))
	}

	p.splitShard(t, "numbers", 0)
	for _, a := range applications {
		a.killOne(t)
	}
	for _, a := range applications {
		a.await(t, "the halves are read", hasBegun(2, 3))
	}
	p.mergeShards(t, "numbers", 2, 3)
	for _, a := range applications {
		a.await(t, "the merged shard is read", hasBegun(4))
	}
	numbers.stop(t)
	all := numberKeys*numbers.rounds + kplKeys*kplRecords
	for _, a := range applications {
		a.await(t, "all records are processed", func(deeds []deed) bool { return len(firstTimes(deeds)) >= all })
		a.awaitLeases(t, shardName(1), shardName(4))
		deeds, err := readJournal(a.journal)
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%s: %d records, processed %d times", a.mode, all, count(deeds, isRecord))
		checkNumbers(t, a.mode, deeds, numbers.rounds)
		checkParentsFirst(t, a.mode, deeds, map[string][]string{
			shardName(2): {shardName(0)}, shardName(3): {shardName(0)}, shardName(4): {shardName(2), shardName(3)},
		})
	}
}

// killOne kills one of the workers that have processed records; usually both
// have, and it is left to chance which.
func (a *application) killOne(t *testing.T) {
	t.Helper()
	deeds, err := readJournal(a.journal)
	if err != nil {
		t.Fatal(err)
	}
	busy := slices.DeleteFunc([]string{"left", "right"}, func(worker string) bool { return count(deeds, isRecordOf(worker)) == 0 })
	victim := busy[rand.N(len(busy))]
	a.survivor = map[string]string{"left": "right", "right": "left"}[victim]
	t.Logf("%s: kill %s, of %v", a.mode, victim, busy)
	a.workers[victim].kill()
}

// awaitLeases waits until the survivor has the leases of these shards, and
// there are no others.
func (a *application) awaitLeases(t *testing.T, shards ...string) {
	t.Helper()
	var owners map[string]string
	err := poll(func() (bool, error) {
		owners = a.workersOfLeases(t)
		return len(owners) == len(shards) && !slices.ContainsFunc(shards, func(shard string) bool { return owners[shard] != a.survivor }), nil
	})
	if err != nil {
		t.Fatalf("%s: wait until %s has the leases of %v: %v; they are %v", a.mode, a.survivor, shards, err, owners)
	}
}
