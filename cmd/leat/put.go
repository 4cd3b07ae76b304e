package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"time"

	"github.com/dustin/go-humanize"

	"leat/cmd/leat/client"
)

type putCommand struct {
	Stream string `arg:"" help:"Name of the stream."`
	File   string `arg:"" help:"A JSON document, or one a line; - is standard input."`

	Repeat   int           `default:"1" placeholder:"N" help:"Put the file so many times (${default})."`
	Interval time.Duration `placeholder:"D" help:"Pause between the times, such as 1s."`
	Create   bool          `help:"Make the stream if there is none, on demand."`
	Lines    bool          `help:"Take every line as a record, even if it is no JSON."`

	Key      string `xor:"key" placeholder:"K" help:"Partition key of all records. Default: each record its own."`
	KeyField string `xor:"key" placeholder:"FIELD" help:"Take the partition key from this field of the record."`

	Endpoint        string `env:"LEAT_ENDPOINT,AWS_ENDPOINT_URL" default:"http://127.0.0.1:4566" placeholder:"URL" help:"Where the Kinesis API is (${default})."`
	Region          string `env:"AWS_REGION,AWS_DEFAULT_REGION" default:"us-east-1" placeholder:"REGION" help:"Region (${default})."`
	AccessKeyID     string `env:"LEAT_ACCESS_KEY_ID,AWS_ACCESS_KEY_ID" placeholder:"ID" help:"Access key to sign with, if the server asks for one."`
	SecretAccessKey string `env:"LEAT_SECRET_ACCESS_KEY,AWS_SECRET_ACCESS_KEY" placeholder:"SECRET" help:"Its secret. Better given as environment variable than here."`
	SessionToken    string `env:"LEAT_SESSION_TOKEN" placeholder:"TOKEN" help:"Session token, if the key has one. Default: that of AWS_ACCESS_KEY_ID, when that is the key."`
}

// Help is shown by leat put --help.
func (putCommand) Help() string {
	return `Examples:

  leat put events order.json
  leat put events order.json --create
  leat put events order.json --repeat 10 --interval 1s --key 0
  leat put events orders.ndjson --key-field customer_id
  zcat orders.ndjson.gz | leat put events -

A file whose first line is a JSON document of its own has one record a line; any other
is one record. Records are put as they are, 500 a call; what the stream refuses is sent
again, and only that.`
}

// Run puts the records and says how many there were.
func (c putCommand) Run(ctx context.Context, term terminal) error {
	if c.Repeat < 1 {
		return fmt.Errorf("--repeat %d: there is nothing to put", c.Repeat)
	}
	open, err := c.opener(term.in)
	if err != nil {
		return err
	}
	endpoint := client.Endpoint{
		URL: c.Endpoint, Region: c.Region,
		AccessKeyID: c.AccessKeyID, SecretAccessKey: c.SecretAccessKey, SessionToken: c.sessionToken(),
	}
	kinesis := endpoint.Kinesis()
	if c.Create {
		if err := client.EnsureStream(ctx, kinesis, c.Stream); err != nil {
			return err
		}
	}
	put := &putting{putCommand: c, sender: client.NewSender(kinesis, c.Stream), began: time.Now(), shown: time.Now()}
	if term.outTTY {
		put.progress = term.err
	}
	for i := range c.Repeat {
		if i > 0 && c.Interval > 0 {
			select {
			case <-time.After(c.Interval):
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		if err := put.file(ctx, open); err != nil {
			return err
		}
	}
	put.clearProgress()
	_, err = fmt.Fprintf(term.out, "%s into stream %s in %s%s\n", put.sum(), c.Stream,
		time.Since(put.began).Round(time.Millisecond), put.retries())
	return err
}

// opener returns a function that opens the file, again for each repetition.
func (c putCommand) opener(stdin io.Reader) (func() (io.ReadCloser, error), error) {
	if c.File != "-" {
		return func() (io.ReadCloser, error) { return os.Open(c.File) }, nil
	}
	if c.Repeat == 1 {
		return func() (io.ReadCloser, error) { return io.NopCloser(stdin), nil }, nil
	}
	const most = 256 << 20
	text, err := io.ReadAll(io.LimitReader(stdin, most+1))
	if err != nil {
		return nil, fmt.Errorf("read standard input: %w", err)
	}
	if len(text) > most {
		return nil, fmt.Errorf("standard input has more than %d MiB, too much to repeat: put it into a file", most>>20)
	}
	return func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(text)), nil }, nil
}

// putting is one run of the command.
type putting struct {
	putCommand
	sender   *client.Sender
	records  int
	began    time.Time
	shown    time.Time
	progress io.Writer // nil: none is shown
}

// file puts the file once.
func (p *putting) file(ctx context.Context, open func() (io.ReadCloser, error)) (err error) {
	in, err := open()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	var putErr error
	err = readDocuments(in, p.Lines, func(document []byte) error {
		p.records++
		key, err := p.keyOf(document)
		if err == nil {
			err = p.sender.Add(ctx, key, document)
		}
		p.showProgress()
		putErr = err
		return err
	})
	if err != nil && putErr == nil {
		return fmt.Errorf("read %s: %w", p.File, err)
	}
	if err != nil {
		return err
	}
	return p.sender.Flush(ctx)
}

// keyOf is a record's partition key.
func (p *putting) keyOf(document []byte) (string, error) {
	switch {
	case p.Key != "":
		return p.Key, nil
	case p.KeyField == "":
		return strconv.Itoa(p.records), nil
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(document, &fields); err != nil {
		return "", fmt.Errorf("record %d has no field %s to take its key from: %w", p.records, p.KeyField, err)
	}
	value, ok := fields[p.KeyField]
	if !ok {
		return "", fmt.Errorf("record %d has no field %s to take its key from", p.records, p.KeyField)
	}
	var text string
	if json.Unmarshal(value, &text) == nil {
		return text, nil
	}
	return string(value), nil
}

func (p *putting) sum() string {
	records := "record"
	if p.sender.Sent != 1 {
		records += "s"
	}
	return fmt.Sprintf("put %s %s (%s)", humanize.Comma(int64(p.sender.Sent)), records, humanize.IBytes(p.sender.SentBytes))
}

func (p *putting) retries() string {
	if p.sender.Retried == 0 {
		return ""
	}
	return fmt.Sprintf(", %s sent again", humanize.Comma(int64(p.sender.Retried)))
}

func (p *putting) showProgress() {
	if p.progress == nil || time.Since(p.shown) < 250*time.Millisecond {
		return
	}
	p.shown = time.Now()
	rate := float64(p.sender.Sent) / time.Since(p.began).Seconds()
	fmt.Fprintf(p.progress, "\r\x1b[K%s, %s a second", p.sum(), humanize.Comma(int64(rate)))
}

func (p *putting) clearProgress() {
	if p.progress != nil {
		fmt.Fprint(p.progress, "\r\x1b[K")
	}
}

// sessionToken is the key's token. AWS's variable for it belongs to AWS's
// variable for the key, and not to a key from elsewhere.
func (c putCommand) sessionToken() string {
	if c.SessionToken == "" && c.AccessKeyID != "" && c.AccessKeyID == os.Getenv("AWS_ACCESS_KEY_ID") {
		return os.Getenv("AWS_SESSION_TOKEN")
	}
	return c.SessionToken
}
