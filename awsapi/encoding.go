package awsapi

import (
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"strings"
)

// isGzip reports whether a body is to be inflated. Other encodings than gzip are
// refused by name, but for those that change nothing: AWS's SDKs name some of
// their own so.
func isGzip(r *http.Request) (bool, error) {
	zipped := false
	for _, value := range r.Header.Values("Content-Encoding") {
		for encoding := range strings.SplitSeq(value, ",") {
			switch encoding = strings.ToLower(strings.TrimSpace(encoding)); encoding {
			case "", "identity", "amz-1.0", "aws-chunked": // the last is told by its payload
			case "gzip", "x-gzip":
				if zipped {
					return false, errEncoding("gzip twice over")
				}
				zipped = true
			default:
				return false, errEncoding(encoding)
			}
		}
	}
	if kind, _ := payloadOf(r); zipped && kind == chunkedPayload {
		return false, errEncoding("gzip in signed chunks")
	}
	return zipped, nil
}

func errEncoding(encoding string) error {
	return &Error{Type: SerializationException, Status: http.StatusUnsupportedMediaType,
		Message: "Leat does not read bodies with Content-Encoding " + encoding + ": send gzip, or none."}
}

// inflate reads a body that was sent in gzip. What was sent is not kept, only
// its hash, which the signature is over; what it makes has the limit of every
// body.
func (b *body) inflate(r *http.Request, limit int64) error {
	hash := sha256.New()
	sent := io.TeeReader(io.LimitReader(r.Body, limit+1), hash)
	unzip, err := gzip.NewReader(sent)
	if err == nil {
		err = b.readAll(unzip, limit)
	}
	if err != nil {
		return notGzip(err)
	}
	b.sum = hex.EncodeToString(hash.Sum(nil))
	return nil
}

func notGzip(err error) error {
	var large *Error
	if errors.As(err, &large) {
		return err
	}
	return Errorf(SerializationException, "The request's body has Content-Encoding gzip, but cannot be inflated: %v.", err)
}
