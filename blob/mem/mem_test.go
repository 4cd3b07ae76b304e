package mem_test

import (
	"testing"

	"leat/blob"
	"leat/blob/blobtest"
	"leat/blob/mem"
)

func TestBucket(t *testing.T) {
	blobtest.Run(t, func(*testing.T) blob.Bucket { return &mem.Bucket{} })
}
