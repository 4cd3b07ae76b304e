package kinesis

import (
	"testing"

	"leat/awsapi/awstest"
	"leat/vfs"
)

func TestBotoKeepsState(t *testing.T) {
	s := newTestService(t, vfs.NewMem(), "streams")
	awstest.Boto(t, "testdata/state.py", s.url, "AKIDTEST", "secret")
}
