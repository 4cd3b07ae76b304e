// Package blobtest is the suite that every implementation of blob.Bucket
// passes. A test of an implementation calls Run with a function that makes an
// empty bucket.
//
// It checks what callers may rely on: atomic replacement, order and paging of
// lists, errors for what is not there, refusal of keys that would lead out of
// the bucket, and use from several goroutines. What a crash leaves is tested by
// the implementations themselves.
package blobtest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/iotest"

	"leat"
	"leat/blob"
)

// Run runs the suite.
func Run(t *testing.T, makeBucket func(t *testing.T) blob.Bucket) {
	for name, test := range map[string]func(*testing.T, blob.Bucket){
		"a put object comes back":              putGet,
		"a put replaces the whole object":      replace,
		"a failed body stores nothing":         failedBody,
		"what is not there is NotFound":        notFound,
		"lists are in byte order and in pages": list,
		"deleting twice is no error":           remove,
		"bad keys are refused everywhere":      badKeys,
		"an ended context stops":               ended,
		"readers see one object":               concurrent,
	} {
		t.Run(name, func(t *testing.T) { test(t, makeBucket(t)) })
	}
}

func put(t *testing.T, b blob.Bucket, key, data string) {
	t.Helper()
	object, err := b.Put(t.Context(), key, strings.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	if object.Key != key || object.Size != int64(len(data)) {
		t.Fatalf("put %q of %d bytes returned %+v", key, len(data), object)
	}
}

// Get returns an object's data.
func Get(t *testing.T, b blob.Bucket, key string) string {
	t.Helper()
	r, object, err := b.Get(context.WithoutCancel(t.Context()), key)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	data, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	if object.Size != int64(len(data)) {
		t.Errorf("%s: Size is %d, %d bytes were read", key, object.Size, len(data))
	}
	return string(data)
}

// Keys returns all keys of a bucket, in order.
func Keys(t *testing.T, b blob.Bucket) []string {
	t.Helper()
	keys, after := []string{}, ""
	for {
		objects, err := b.List(context.WithoutCancel(t.Context()), "", after, 1000)
		if err != nil {
			t.Fatal(err)
		}
		if len(objects) == 0 {
			return keys
		}
		for _, o := range objects {
			keys = append(keys, o.Key)
		}
		after = keys[len(keys)-1]
	}
}

func putGet(t *testing.T, b blob.Bucket) {
	for _, key := range []string{"a", "events/2024/03/17/x.parquet", "event_type=a b/ü'\"%2F.json", strings.Repeat("k", 200), ".hidden", "a.tmp"} {
		for _, data := range []string{"", "x", strings.Repeat("0123456789", 100_000)} {
			put(t, b, key, data)
			if got := Get(t, b, key); got != data {
				t.Errorf("%s: got %d bytes, want %d", key, len(got), len(data))
			}
			object, err := b.Stat(t.Context(), key)
			if err != nil || object.Size != int64(len(data)) || object.Key != key {
				t.Errorf("%s: Stat is %+v, %v", key, object, err)
			}
		}
	}
}

func replace(t *testing.T, b blob.Bucket) {
	put(t, b, "a/b", "a long first object")
	r, _, err := b.Get(t.Context(), "a/b")
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	put(t, b, "a/b", "second")
	if data, err := io.ReadAll(r); err != nil || string(data) != "a long first object" {
		t.Errorf("a reader opened before the replacement got %q, %v", data, err)
	}
	if got := Get(t, b, "a/b"); got != "second" {
		t.Errorf("got %q", got)
	}
}

func failedBody(t *testing.T, b blob.Bucket) {
	put(t, b, "kept", "old")
	cause := errors.New("the source broke")
	for _, key := range []string{"kept", "new"} {
		_, err := b.Put(t.Context(), key, io.MultiReader(strings.NewReader("half"), iotest.ErrReader(cause)))
		if !errors.Is(err, cause) {
			t.Errorf("put %s: got error %v, want one that wraps the body's", key, err)
		}
	}
	if keys := Keys(t, b); !slices.Equal(keys, []string{"kept"}) || Get(t, b, "kept") != "old" {
		t.Errorf("after failed puts the bucket holds %q", keys)
	}
}

func notFound(t *testing.T, b blob.Bucket) {
	put(t, b, "a/b", "x")
	for _, key := range []string{"b", "a", "a/b/c", "a/bc"} {
		if _, _, err := b.Get(context.WithoutCancel(t.Context()), key); leat.CodeOf(err) != leat.NotFound {
			t.Errorf("get %s: got %v, want NotFound", key, err)
		}
		if _, err := b.Stat(t.Context(), key); leat.CodeOf(err) != leat.NotFound {
			t.Errorf("stat %s: got %v, want NotFound", key, err)
		}
	}
}

func list(t *testing.T, b blob.Bucket) {
	keys := []string{"a-b", "a/b", "a/c/d", "a/c-d", "a0", "b", "c/x", "ä"}
	for _, key := range keys {
		put(t, b, key, key)
	}
	slices.Sort(keys)
	if got := Keys(t, b); !slices.Equal(got, keys) {
		t.Errorf("got  %q\nwant %q", got, keys)
	}
	for _, prefix := range []string{"", "a", "a/", "a/c", "a/c/", "b", "zz", "c/x", "c/xy"} {
		for _, after := range append([]string{"", "a/b0", "zz"}, keys...) {
			for _, limit := range []int{1, 2, 100} {
				var want []string
				for _, key := range keys {
					if strings.HasPrefix(key, prefix) && key > after && len(want) < limit {
						want = append(want, key)
					}
				}
				objects, err := b.List(t.Context(), prefix, after, limit)
				if err != nil {
					t.Fatal(err)
				}
				var got []string
				for _, o := range objects {
					got = append(got, o.Key)
					if o.Size != int64(len(o.Key)) {
						t.Errorf("%s: size %d", o.Key, o.Size)
					}
				}
				if !slices.Equal(got, want) {
					t.Errorf("List(%q, %q, %d) = %q, want %q", prefix, after, limit, got, want)
				}
			}
		}
	}
}

func remove(t *testing.T, b blob.Bucket) {
	put(t, b, "a/b/c", "x")
	put(t, b, "a/d", "x")
	for range 2 {
		if err := b.Delete(t.Context(), "a/b/c"); err != nil {
			t.Fatal(err)
		}
	}
	if keys := Keys(t, b); !slices.Equal(keys, []string{"a/d"}) {
		t.Errorf("got %q", keys)
	}
	put(t, b, "a/b", "what was a folder may become an object")
}

func badKeys(t *testing.T, b blob.Bucket) {
	for _, key := range []string{
		"", "/", "/etc/passwd", "..", "../x", "a/../../x", "a/..", "a/./b", ".", "a//b", "a/", "a\x00b", "a\nb", `a\..\b`, "\xff",
		blob.Reserved, blob.Reserved + "/put/1", strings.Repeat("k", blob.MaxSegment+1), strings.Repeat("k/", 600) + "k",
	} {
		_, putErr := b.Put(t.Context(), key, strings.NewReader("x"))
		_, _, getErr := b.Get(context.WithoutCancel(t.Context()), key)
		_, statErr := b.Stat(t.Context(), key)
		for op, err := range map[string]error{"put": putErr, "get": getErr, "stat": statErr, "delete": b.Delete(t.Context(), key)} {
			if leat.CodeOf(err) != leat.InvalidArgument {
				t.Errorf("%s %.40q: got %v, want InvalidArgument", op, key, err)
			}
		}
	}
	if keys := Keys(t, b); len(keys) > 0 {
		t.Errorf("the bucket holds %q", keys)
	}
}

func ended(t *testing.T, b blob.Bucket) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := b.Put(ctx, "a", strings.NewReader("x")); !errors.Is(err, context.Canceled) {
		t.Errorf("put: %v", err)
	}
	if keys := Keys(t, b); len(keys) > 0 {
		t.Errorf("the bucket holds %q", keys)
	}
}

func concurrent(t *testing.T, b blob.Bucket) {
	const writers, rounds, size = 4, 25, 50_000
	put(t, b, "x", strings.Repeat("a", size))
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() {
			for i := range rounds {
				if _, err := b.Put(t.Context(), "x", bytes.NewReader(bytes.Repeat([]byte{byte('a' + w)}, size))); err != nil {
					t.Error(err)
				}
				if _, err := b.Put(t.Context(), fmt.Sprintf("other/%d/%d", w, i), strings.NewReader("y")); err != nil {
					t.Error(err)
				}
			}
		})
		wg.Go(func() {
			for range rounds {
				r, _, err := b.Get(t.Context(), "x")
				if err != nil {
					t.Error(err)
					return
				}
				data, err := io.ReadAll(r)
				r.Close()
				if err != nil || len(data) != size || bytes.Count(data, data[:1]) != size {
					t.Errorf("read %d bytes of a mix, %v", len(data), err)
				}
			}
		})
	}
	wg.Wait()
	if got := len(Keys(t, b)); got != writers*rounds+1 {
		t.Errorf("%d keys, want %d", got, writers*rounds+1)
	}
}
