package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"leat/awsapi/faults"
)

// faultsCommand are the commands that make a server's requests go wrong.
type faultsCommand struct {
	Set   faultsSet   `cmd:"" help:"Begin a fault, in place of the one of that name."`
	List  faultsList  `cmd:"" help:"Show the faults and what they have done."`
	Clear faultsClear `cmd:"" help:"End a fault, or all of them."`
	Load  faultsLoad  `cmd:"" help:"Put a file's faults in place of all that there are."`
}

// Help is shown by leat faults --help.
func (faultsCommand) Help() string {
	return `Examples:

  leat faults set slow --operation GetRecords --delay 100ms..2s --share 0.2
  leat faults set busy --operation PutRecords --stream orders --error ProvisionedThroughputExceededException --count 50
  leat faults set some --operation PutRecords --records 0.3 --error InternalFailure --for 10m --seed 7
  leat faults set lost --operation PutRecord --drop after --share 0.01
  leat faults set down --service firehose --error ServiceUnavailableException
  leat faults list
  leat faults clear

The server must run with --faults. Answers that went wrong on purpose have the header
x-leat-fault. With the same --seed and the same requests a run repeats. docs/faults.md
has more.`
}

type faultsServer struct {
	Address string `env:"LEAT_HTTP_ADDR" default:"127.0.0.1:8080" placeholder:"HOST:PORT" help:"The server's HTTP address (${default})."`
}

type faultsSet struct {
	Name string `arg:"" help:"Name of the fault."`

	Service   string   `default:"kinesis" placeholder:"NAME" help:"Service concerned: kinesis or firehose (${default})."`
	Operation []string `placeholder:"OPERATION" help:"Operation concerned, such as PutRecords; may be given several times. Default: all."`
	Stream    string   `placeholder:"STREAM" help:"Only requests about this stream."`
	Share     float64  `default:"1" placeholder:"SHARE" help:"Share of these requests that goes wrong, from 0 to 1 (${default})."`

	Delay   *faults.Span `placeholder:"TIME" help:"Answer later by 200ms, or by 100ms..2s; alone or with one of the following."`
	Error   string       `placeholder:"TYPE" help:"Answer with this exception, such as InternalFailure, instead of doing the work."`
	Message string       `placeholder:"TEXT" help:"Its message. Default: one for its type."`
	Records float64      `placeholder:"SHARE" help:"Refuse, with --error, this share of the records of each PutRecords or PutRecordBatch, and store the others."`
	Drop    string       `placeholder:"before|after" help:"Close the connection before the work is done, or after: done, and nobody is told."`

	Count int64         `placeholder:"N" help:"End after so many faults."`
	For   time.Duration `placeholder:"TIME" help:"End after so long."`
	Seed  uint64        `placeholder:"N" help:"What chance begins with. Default: a random one, which leat faults list shows."`
	faultsServer
}

// Run begins the fault.
func (c faultsSet) Run(ctx context.Context, term terminal) error {
	rule := faults.Rule{
		Name: c.Name, Service: c.Service, Operations: c.Operation, Stream: c.Stream, Share: c.Share,
		Delay: c.Delay, Drop: faults.Drop(c.Drop), Count: c.Count, For: faults.Duration(c.For), Seed: c.Seed,
	}
	failure := faults.Failure{Type: c.Error, Message: c.Message}
	switch {
	case c.Error == "" && (c.Message != "" || c.Records != 0):
		return errors.New("--message and --records go with --error")
	case c.Records != 0:
		rule.Records = &faults.Records{Share: c.Records, Failure: failure}
	case c.Error != "":
		rule.Error = &failure
	}
	return c.showAfter(term.out, func(client faultsClient) ([]faults.Status, error) { return client.put(ctx, rule) })
}

type faultsList struct{ faultsServer }

// Run shows the faults.
func (c faultsList) Run(ctx context.Context, term terminal) error {
	return c.showAfter(term.out, func(client faultsClient) ([]faults.Status, error) { return client.list(ctx) })
}

type faultsClear struct {
	Name string `arg:"" optional:"" help:"Name of the fault. Default: all."`
	faultsServer
}

// Run ends faults.
func (c faultsClear) Run(ctx context.Context, term terminal) error {
	return c.showAfter(term.out, func(client faultsClient) ([]faults.Status, error) { return client.clear(ctx, c.Name) })
}

type faultsLoad struct {
	File string `arg:"" type:"path" help:"JSON, of the form in docs/faults.md."`
	faultsServer
}

// Run replaces all faults.
func (c faultsLoad) Run(ctx context.Context, term terminal) error {
	text, err := os.ReadFile(c.File)
	if err != nil {
		return err
	}
	return c.showAfter(term.out, func(client faultsClient) ([]faults.Status, error) { return client.replace(ctx, text) })
}

// showAfter does something with the server and shows the faults that there are
// then.
func (c faultsServer) showAfter(out io.Writer, do func(faultsClient) ([]faults.Status, error)) error {
	all, err := do(faultsClient{c.Address})
	if err != nil {
		return err
	}
	if len(all) == 0 {
		fmt.Fprintln(out, "There are no faults.")
		return nil
	}
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "NAME\tSERVICE\tOPERATIONS\tSTREAM\tSHARE\tWHAT\tSEED\tREQUESTS\tFAULTS\tSTATE")
	for _, one := range all {
		state := "runs"
		if one.Ended {
			state = "ended"
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%v\t%s\t%d\t%d\t%d\t%s\n", one.Name, one.Service,
			orAll(strings.Join(one.Operations, ",")), orAll(one.Stream), one.Share, whatFault(one.Rule), one.Seed, one.Matched, one.Injected, state)
	}
	return table.Flush()
}

func orAll(text string) string {
	if text == "" {
		return "all"
	}
	return text
}

// whatFault says in a few words what a rule does.
func whatFault(rule faults.Rule) string {
	var what []string
	if rule.Delay != nil {
		what = append(what, "delay "+rule.Delay.String())
	}
	switch {
	case rule.Error != nil:
		what = append(what, rule.Error.Type)
	case rule.Drop != "":
		what = append(what, "drop "+string(rule.Drop))
	case rule.Records != nil:
		what = append(what, fmt.Sprintf("%s for %v of the records", rule.Records.Type, rule.Records.Share))
	}
	return strings.Join(what, ", ")
}
