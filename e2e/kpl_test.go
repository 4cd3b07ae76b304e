package e2e

import (
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

// kplProducer prepares the Kinesis Producer Library. It speaks HTTPS alone, and
// checks the certificate that the server has made for itself.
func (p *process) kplProducer(t *testing.T, data, stream string) *program {
	t.Helper()
	host, port, _ := net.SplitHostPort(p.AWS)
	return begin(t, "KPL", java(t, "KplProducer", host, port, filepath.Join(data, "tls", "certificate.pem"), stream,
		strconv.Itoa(kplKeys), strconv.Itoa(kplRecords), t.TempDir()))
}

// TestTheProducerLibrarysRecordsAreTakenApartInViews puts records with the real
// library, which packs many into one, and counts them in a streaming view.
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
	packed, err := strconv.Atoi(producer.awaitLine(t))
	if err != nil {
		t.Fatal(err)
	}
	if inStream := len(p.readStream(t, "packed")); inStream != packed || packed > kplKeys*kplRecords/10 {
		t.Errorf("the stream has %d records, the library says %d, of %d that it was given", inStream, packed, kplKeys*kplRecords)
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
