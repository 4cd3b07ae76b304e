package awsapi

import (
	"bytes"
	"crypto/subtle"
	"net/http"
	"strconv"
	"strings"
)

// A payload is how a signature covers the body. Its text takes the place of the
// body's hash in what is signed, but for wholePayload, where the hash stands.
type payload string

const (
	wholePayload    payload = ""
	unsignedPayload payload = "UNSIGNED-PAYLOAD"
	chunkedPayload  payload = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"
)

// payloadOf returns what a request says of its body.
func payloadOf(r *http.Request) (payload, error) {
	name := r.Header.Get("X-Amz-Content-Sha256")
	if name == "" && r.URL.RawQuery != "" {
		name = r.URL.Query().Get("X-Amz-Content-Sha256")
	}
	switch kind := payload(name); {
	case kind == unsignedPayload, kind == chunkedPayload:
		return kind, nil
	case strings.HasPrefix(name, "STREAMING-"):
		return "", Errorf("InvalidSignatureException", "Leat does not read bodies of the form %s: send %s, or the whole body signed.", name, chunkedPayload)
	}
	return wholePayload, nil
}

// A chunkVerifier holds the signatures of a body's chunks together: each is
// made over the one before it, the first over the request's.
type chunkVerifier struct {
	signer signer
	before string
}

func (v *chunkVerifier) verify(data []byte, signature string) error {
	v.before = v.signer.sign(algorithm+"-PAYLOAD", v.before, hexSHA256(nil), hexSHA256(data))
	if subtle.ConstantTimeCompare([]byte(v.before), []byte(signature)) != 1 {
		return errSignature()
	}
	return nil
}

// readChunks verifies the chunks of a body, with a verifier, and moves their
// data together at its beginning:
//
//	size in hex;chunk-signature=64 hex digits CR LF data CR LF …
//
// The last chunk is empty. What stands before a wrong chunk is not used.
func readChunks(r *http.Request, body []byte, verifier *chunkVerifier) ([]byte, error) {
	data := body[:0]
	for rest := body; ; {
		head, after, ok := bytes.Cut(rest, []byte("\r\n"))
		size, extension, _ := strings.Cut(string(head[:min(len(head), maxChunkHead)]), ";")
		n, err := strconv.ParseUint(size, 16, 31)
		if !ok || err != nil || uint64(len(after)) < n+2 || !bytes.HasPrefix(after[n:], []byte("\r\n")) {
			return nil, Errorf(SerializationException, "The request's body is not made of whole chunks.")
		}
		chunk := after[:n]
		if verifier != nil {
			signature, _ := strings.CutPrefix(extension, "chunk-signature=")
			if err := verifier.verify(chunk, signature); err != nil {
				return nil, err
			}
		}
		data = append(data, chunk...) // never beyond what was read
		rest = after[n+2:]
		if n == 0 {
			if len(rest) > 0 {
				return nil, Errorf(SerializationException, "The request's body goes on after its last chunk.")
			}
			return data, checkDecodedLength(r, len(data))
		}
	}
}

// checkDecodedLength holds the data against the length that the request names.
func checkDecodedLength(r *http.Request, n int) error {
	if named := r.Header.Get("X-Amz-Decoded-Content-Length"); named != "" && named != strconv.Itoa(n) {
		return Errorf(SerializationException, "The request's body has %d bytes of data, but X-Amz-Decoded-Content-Length says %s.", n, named)
	}
	return nil
}

// maxChunkHead is more than a chunk's first line has.
const maxChunkHead = 128
