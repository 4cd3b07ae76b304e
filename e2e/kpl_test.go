package e2e

import (
	"io"
	"net"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

const (
	kplKeys    = 20
	kplRecords = 1000 // for each key
)

// kplProducer starts the Kinesis Producer Library. It speaks HTTPS alone, and
// checks the certificate that the server has made for itself. It says when half
// of the records are put, and goes on when it is told.
func (p *process) kplProducer(t *testing.T, data, stream string) *program {
	t.Helper()
	host, port, _ := net.SplitHostPort(p.AWS)
	producer := begin(t, "KPL", java(t, "KplProducer", host, port, filepath.Join(data, "tls", "certificate.pem"), stream,
		strconv.Itoa(kplKeys), strconv.Itoa(kplRecords), t.TempDir()))
	if line := producer.awaitLine(t); line != "half" {
		t.Fatalf("the producer says %q", line)
	}
	return producer
}

// finish lets the producer put the rest. It returns how many records of the
// stream hold all records.
func (p *program) finish(t *testing.T) int {
	t.Helper()
	if _, err := io.WriteString(p.stdin, "\n"); err != nil {
		t.Fatal(err)
	}
	packed, err := strconv.Atoi(p.awaitLine(t))
	if err != nil {
		t.Fatal(err)
	}
	return packed
}

// TestTheProducerLibrarysRecordsAreTakenApartInViews puts records with the real
// library, which packs many into one, and counts them in a streaming view.
// Shards are split under way: the library notices that records went where they
// do not belong, and puts them again.
func TestTheProducerLibrarysRecordsAreTakenApartInViews(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	p := serve(t, data, "--tls-self-signed")
	p.createStream(t, "packed", 2)
	conn := p.connect(t)
	execute(t, conn,
		"CREATE EXTERNAL SCHEMA kds FROM KINESIS IAM_ROLE default",
		"CREATE MATERIALIZED VIEW unpacked AUTO REFRESH YES AS SELECT partition_key, from_varbyte(kinesis_data, 'utf-8')::int AS n FROM kds.packed")
	producer := p.kplProducer(t, data, "packed")
	p.splitShard(t, "packed", 0)
	p.splitShard(t, "packed", 1)
	packed := producer.finish(t)
	inStream := len(p.readStream(t, "packed"))
	t.Logf("%d records are in %d; the stream has %d", kplKeys*kplRecords, packed, inStream)
	if packed > kplKeys*kplRecords/10 || inStream <= packed {
		t.Error("nothing was packed, or nothing was put again: the test has tried nothing")
	}
	p.awaitAllRead(t)
	if rows := number(t, conn, "SELECT count(*) FROM unpacked"); rows != kplKeys*kplRecords {
		t.Errorf("the view has %d rows, want %d", rows, kplKeys*kplRecords)
	}
	wrong := "SELECT count(*) FROM (SELECT partition_key FROM unpacked GROUP BY 1 HAVING count(DISTINCT n) <> " + strconv.Itoa(kplRecords) +
		" OR min(n) <> 0 OR max(n) <> " + strconv.Itoa(kplRecords-1) + ")"
	if keys := number(t, conn, wrong); keys != 0 {
		t.Errorf("%d keys do not have each number once", keys)
	}
}

// isPacked says whether a key is one of the producer library's.
func isPacked(key string) bool { return strings.HasPrefix(key, "packed-") }
