package dir_test

import (
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"leat"
	"leat/blob"
	"leat/blob/blobtest"
	"leat/blob/dir"
	"leat/vfs"
)

func TestBucketOnDisk(t *testing.T) {
	blobtest.Run(t, func(t *testing.T) blob.Bucket {
		b, err := dir.Create(vfs.OS(), filepath.Join(t.TempDir(), "buckets", "lake"))
		if err != nil {
			t.Fatal(err)
		}
		return b
	})
}

func TestBucketInMemory(t *testing.T) {
	blobtest.Run(t, func(t *testing.T) blob.Bucket {
		b, err := dir.Create(vfs.NewMem(), "/buckets/lake")
		if err != nil {
			t.Fatal(err)
		}
		return b
	})
}

func TestPutObjectsSurviveCrash(t *testing.T) {
	for seed := range uint64(50) {
		mem := vfs.NewMem()
		b, err := dir.Create(mem, "/buckets/lake")
		if err != nil {
			t.Fatal(err)
		}
		for i := range 10 {
			if _, err := b.Put(t.Context(), fmt.Sprintf("a/%d/x", i%3), strings.NewReader(strings.Repeat(fmt.Sprint(i), 5000))); err != nil {
				t.Fatal(err)
			}
		}
		crashed, err := dir.Open(mem.CrashClone(rand.New(rand.NewPCG(seed, 0))), "/buckets/lake")
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		for i, want := range []string{"9", "7", "8"} {
			r, _, err := crashed.Get(t.Context(), fmt.Sprintf("a/%d/x", i))
			if err != nil {
				t.Fatalf("seed %d: %v", seed, err)
			}
			if data, err := io.ReadAll(r); err != nil || string(data) != strings.Repeat(want, 5000) {
				t.Fatalf("seed %d: object %d holds %.20q…, %v", seed, i, data, err)
			}
		}
	}
}

// An object is whole or not there, whichever operation fails and whatever a
// crash takes with it.
func TestObjectsAreWholeAfterAnyFailure(t *testing.T) {
	old, young := strings.Repeat("o", 9000), strings.Repeat("y", 7000)
	for n := 0; ; n++ {
		mem := vfs.NewMem()
		b, err := dir.Create(mem, "/lake")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := b.Put(t.Context(), "a/b", strings.NewReader(old)); err != nil {
			t.Fatal(err)
		}
		failing, err := dir.Open(vfs.NewFaulty(mem, failOnce(n)), "/lake")
		if err == nil {
			_, err = failing.Put(t.Context(), "a/b", strings.NewReader(young))
			if err == nil {
				err = failing.Clean()
			}
			if err == nil {
				_, err = failing.Put(t.Context(), "c/d", strings.NewReader(young))
			}
		}
		for seed := range uint64(4) {
			crashed, openErr := dir.Open(mem.CrashClone(rand.New(rand.NewPCG(seed, 0))), "/lake")
			if openErr != nil {
				t.Fatal(openErr)
			}
			for _, key := range blobtest.Keys(t, crashed) {
				r, _, err := crashed.Get(t.Context(), key)
				if err != nil {
					t.Fatal(err)
				}
				if data, err := io.ReadAll(r); err != nil || string(data) != old && string(data) != young || key == "c/d" && string(data) != young {
					t.Fatalf("operation %d, seed %d: %s holds %d bytes that are neither object", n, seed, key, len(data))
				}
			}
		}
		if err == nil {
			if n < 5 {
				t.Fatalf("only %d operations could fail", n)
			}
			return
		}
	}
}

func failOnce(n int) func(vfs.Op) error {
	count := 0
	return func(op vfs.Op) error {
		if !op.Writes() {
			return nil
		}
		count++
		if count-1 == n {
			return errors.New("the disk says no")
		}
		return nil
	}
}

func TestAMissingBucketIsNotMadeByPut(t *testing.T) {
	root := filepath.Join(t.TempDir(), "lake")
	if _, err := dir.Open(vfs.OS(), root); leat.CodeOf(err) != leat.NotFound {
		t.Errorf("open: got %v, want NotFound", err)
	}
	b, err := dir.Create(vfs.OS(), root)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(root); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Put(t.Context(), "a", strings.NewReader("x")); leat.CodeOf(err) != leat.NotFound {
		t.Errorf("put: got %v, want NotFound", err)
	}
	if _, err := os.Stat(root); err == nil {
		t.Error("the put made the bucket again")
	}
}

func TestAKeyIsAnObjectOrAFolder(t *testing.T) {
	b, err := dir.Create(vfs.OS(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"a/b", "c"} {
		if _, err := b.Put(t.Context(), key, strings.NewReader("x")); err != nil {
			t.Fatal(err)
		}
	}
	for _, key := range []string{"a", "c/d"} {
		if _, err := b.Put(t.Context(), key, strings.NewReader("x")); leat.CodeOf(err) != leat.InvalidArgument {
			t.Errorf("put %s: got %v, want InvalidArgument", key, err)
		}
	}
}

func TestLinksDoNotLeadOutByKey(t *testing.T) {
	outside := t.TempDir()
	b, err := dir.Create(vfs.OS(), filepath.Join(t.TempDir(), "lake"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.Put(t.Context(), "a/../../"+filepath.Base(outside)+"/x", strings.NewReader("x")); leat.CodeOf(err) != leat.InvalidArgument {
		t.Errorf("got %v, want InvalidArgument", err)
	}
	if entries, err := os.ReadDir(outside); err != nil || len(entries) > 0 {
		t.Errorf("outside: %v, %v", entries, err)
	}
}
