package e2e

import (
	"crypto/rand"
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/jackc/pgx/v5/pgconn"
)

// smallDisk makes a file system of so many MiB; who runs the test must be root.
func smallDisk(t *testing.T, size string) string {
	t.Helper()
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size="+size); err != nil {
		t.Skipf("a small disk cannot be made (%v): run as root", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, 0); err != nil {
			t.Errorf("unmount: %v", err)
		}
	})
	return dir
}

// fill fills a disk up to so many bytes, and returns what frees it.
func fill(t *testing.T, dir string, left uint64) (free func()) {
	t.Helper()
	var disk syscall.Statfs_t
	if err := syscall.Statfs(dir, &disk); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "ballast")
	ballast := make([]byte, max(disk.Bavail*uint64(disk.Bsize), left)-left)
	rand.Read(ballast)
	if err := os.WriteFile(path, ballast, 0o600); err != nil && !errors.Is(err, syscall.ENOSPC) {
		t.Fatal(err)
	}
	return func() {
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
	}
}

// TestAFullDiskStopsNothingForGood fills the warehouse's disk while rows are
// inserted and a view follows its stream, and frees it again: what was
// acknowledged is there, once, and all goes on without a restart.
func TestAFullDiskStopsNothingForGood(t *testing.T) {
	disk := smallDisk(t, "64m")
	data := filepath.Join(t.TempDir(), "data")
	if err := os.MkdirAll(data, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(disk, "warehouse"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.Join(disk, "warehouse"), filepath.Join(data, "warehouse")); err != nil {
		t.Fatal(err)
	}
	p := serve(t, data)
	api := p.kinesisClient()
	if _, err := api.CreateStream(t.Context(), &kinesis.CreateStreamInput{StreamName: sdk.String("events"), ShardCount: sdk.Int32(1)}); err != nil {
		t.Fatal(err)
	}
	conn := p.connect(t)
	mustExec := func(sql string) {
		t.Helper()
		if _, err := conn.Exec(t.Context(), sql); err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
	}
	mustExec("CREATE EXTERNAL SCHEMA k FROM KINESIS IAM_ROLE default")
	mustExec("CREATE MATERIALIZED VIEW v AUTO REFRESH YES AS SELECT sequence_number, JSON_PARSE(kinesis_data) AS p FROM k.events")
	mustExec("CREATE TABLE t (i bigint, s varchar(200))")
	mustExec("SET statement_timeout = 20000")
	acknowledged, refused := int64(0), map[string]int{}
	put := int64(0)
	insert := func() error {
		if _, err := api.PutRecord(t.Context(), &kinesis.PutRecordInput{StreamName: sdk.String("events"), PartitionKey: sdk.String("k"), Data: []byte(`{"a":1}`)}); err != nil {
			t.Fatal(err) // the streams are on another disk
		}
		put++
		_, err := conn.Exec(t.Context(), "INSERT INTO t SELECT n, 'abcdefghijklmnopqrstuvwxyz' FROM generate_series(1, 500) g(n)")
		var refusal *pgconn.PgError
		switch {
		case err == nil:
			acknowledged += 500
		case errors.As(err, &refusal):
			refused[refusal.Code]++
		default:
			t.Fatalf("the connection broke: %v", err)
		}
		return err
	}
	for range 20 {
		insert()
	}
	for range 2 {
		free := fill(t, disk, 1<<20)
		for full := 0; full < 30; {
			if insert() != nil {
				full++
			}
		}
		free()
		deadline := time.Now().Add(30 * time.Second)
		for insert() != nil {
			if time.Now().After(deadline) {
				t.Fatal("there is room on the disk, and inserts are still refused")
			}
			time.Sleep(50 * time.Millisecond)
		}
	}
	for code := range refused {
		if code != "53100" && code != "40001" && code != "57P03" {
			t.Errorf("inserts were refused with %v", refused)
		}
	}
	if refused["53100"] == 0 {
		t.Errorf("no insert was told that the disk is full: %v", refused)
	}
	check := func(when string) {
		t.Helper()
		var rows int64
		if err := conn.QueryRow(t.Context(), "SELECT count(*) FROM t").Scan(&rows); err != nil {
			t.Fatalf("%s: %v", when, err)
		}
		if rows != acknowledged {
			t.Errorf("%s there are %d rows, %d were acknowledged", when, rows, acknowledged)
		}
		for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(20 * time.Millisecond) {
			var different int64
			if err := conn.QueryRow(t.Context(), "SELECT count(*), count(DISTINCT sequence_number) FROM v").Scan(&rows, &different); err != nil {
				t.Fatalf("%s: %v", when, err)
			}
			if rows == put && different == put {
				return
			}
			if rows > put || time.Now().After(deadline) {
				t.Fatalf("%s the view has %d rows, %d different ones, of %d records", when, rows, different, put)
			}
		}
	}
	check("after the disk was full")
	p.stop(t)
	p = serve(t, data)
	conn = p.connect(t)
	check("after a restart")
	p.stop(t)
}
