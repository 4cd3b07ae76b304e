// Package mem keeps a bucket in memory, for tests: it passes the same suite as
// the real ones, and a test can make its operations fail.
//
// Objects are copied in and out, so nothing a caller does to its slices
// changes them.
// It is not durable, and not meant for large objects.
package mem

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"leat/blob"
)

// A Bucket is a blob.Bucket in memory. Its zero value is empty and ready.
type Bucket struct {
	// Fail, if set, is asked before each operation ("put", "get", "stat",
	// "list", "delete") and after a put has happened ("put done"); its error
	// becomes the operation's. Set it before use.
	Fail func(op, key string) error

	mu      sync.Mutex // guards objects
	objects map[string]object
}

type object struct {
	data     []byte
	modified time.Time
}

func (b *Bucket) check(ctx context.Context, op, key string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if op != "list" {
		if err := blob.CheckKey(key); err != nil {
			return err
		}
	}
	if b.Fail != nil {
		return b.Fail(op, key)
	}
	return nil
}

// Put implements blob.Bucket.
func (b *Bucket) Put(ctx context.Context, key string, body io.Reader) (blob.Object, error) {
	if err := b.check(ctx, "put", key); err != nil {
		return blob.Object{}, err
	}
	data, err := io.ReadAll(body)
	if err != nil {
		return blob.Object{}, fmt.Errorf("put %s: %w", key, err)
	}
	stored := object{data: data, modified: time.Now()}
	b.mu.Lock()
	if b.objects == nil {
		b.objects = map[string]object{}
	}
	b.objects[key] = stored
	b.mu.Unlock()
	if b.Fail != nil {
		if err := b.Fail("put done", key); err != nil {
			return blob.Object{}, err
		}
	}
	return stored.describe(key), nil
}

func (o object) describe(key string) blob.Object {
	return blob.Object{Key: key, Size: int64(len(o.data)), Modified: o.modified}
}

// Get implements blob.Bucket.
func (b *Bucket) Get(ctx context.Context, key string) (io.ReadCloser, blob.Object, error) {
	if err := b.check(ctx, "get", key); err != nil {
		return nil, blob.Object{}, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	o, ok := b.objects[key]
	if !ok {
		return nil, blob.Object{}, blob.NotFound(key)
	}
	return io.NopCloser(bytes.NewReader(o.data)), o.describe(key), nil
}

// Stat implements blob.Bucket.
func (b *Bucket) Stat(ctx context.Context, key string) (blob.Object, error) {
	if err := b.check(ctx, "stat", key); err != nil {
		return blob.Object{}, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	o, ok := b.objects[key]
	if !ok {
		return blob.Object{}, blob.NotFound(key)
	}
	return o.describe(key), nil
}

// List implements blob.Bucket.
func (b *Bucket) List(ctx context.Context, prefix, after string, limit int) ([]blob.Object, error) {
	if err := b.check(ctx, "list", prefix); err != nil {
		return nil, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	var objects []blob.Object
	for _, key := range slices.Sorted(maps.Keys(b.objects)) {
		if len(objects) < limit && strings.HasPrefix(key, prefix) && key > after {
			objects = append(objects, b.objects[key].describe(key))
		}
	}
	return objects, nil
}

// Delete implements blob.Bucket.
func (b *Bucket) Delete(ctx context.Context, key string) error {
	if err := b.check(ctx, "delete", key); err != nil {
		return err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.objects, key)
	return nil
}
