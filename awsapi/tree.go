package awsapi

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"unicode/utf8"

	"leat/awsapi/cbor"
	"leat/awsapi/shape"
)

// A tree is a body decoded into Go values, which take far more memory than the
// bytes they came from: a few bytes of JSON make a map of hundreds. So a body
// may have only so many items, and all trees together only so much memory.
const (
	// itemBytes is about what a small item takes in a tree: a map of one member.
	itemBytes = 400
	// decodingCopies is how often a body's texts are there, the body itself left
	// out: in the decoder's buffer, which may be twice as long, and in the tree.
	decodingCopies = 3
)

// maxTreeBytes bounds what all trees take together, as far as it can be told from
// the lengths of their bodies.
func (c Config) maxTreeBytes() int64 { return c.MaxBufferedBytes * 3 / 2 }

// treeBytes is what the tree of a body may take at most. One that may take more
// than there is for all has it for itself.
func (h *Handler) treeBytes(body []byte) int64 {
	items := min(len(body), cbor.MaxItems)
	return min(int64(decodingCopies*len(body)+items*itemBytes), h.cfg.maxTreeBytes())
}

// checkInput decodes a body and holds it against its shape. It waits while the
// trees of other requests fill the memory there is for them.
func (h *Handler) checkInput(ctx context.Context, body []byte, decode func([]byte) (any, error), input *shape.Shape) (shape.Object, error) {
	weight := h.treeBytes(body)
	if err := h.trees.take(ctx, weight); err != nil {
		return nil, err
	}
	defer h.trees.give(weight)
	tree, err := decode(body)
	if err != nil {
		return nil, err
	}
	return input.Check(tree)
}

// decodeCBOR makes the same tree of CBOR.
func decodeCBOR(body []byte) (any, error) {
	tree, err := cbor.Decode(body)
	if err != nil {
		return nil, Errorf(SerializationException, "The request's body is not valid CBOR: %v.", err)
	}
	return tree, nil
}

// decodeJSON makes the tree that shapes check.
func decodeJSON(text []byte) (any, error) {
	if !utf8.Valid(text) {
		// Decoding would replace the wrong bytes and so change a user's data.
		return nil, Errorf(SerializationException, "The request's body is not valid UTF-8.")
	}
	switch items, depth := sizeOf(text); {
	case items > cbor.MaxItems:
		return nil, Errorf(SerializationException, "The request's body has more than %d items.", cbor.MaxItems)
	case depth > cbor.MaxDepth:
		return nil, Errorf(SerializationException, "The request's body is nested more than %d deep.", cbor.MaxDepth)
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var tree any
	err := decoder.Decode(&tree)
	if err == nil {
		if _, more := decoder.Token(); more != io.EOF {
			err = errors.New("there is more after the first value")
		}
	}
	if err != nil {
		return nil, Errorf(SerializationException, "The request's body is not valid JSON: %v.", err)
	}
	return tree, nil
}

// sizeOf returns how many items a JSON document has at most, members' names
// among them, and how deeply they are nested, before it is decoded. An item comes
// first in the document or after one of the marks that are counted. What is not
// JSON is left to the decoder.
func sizeOf(text []byte) (items, depth int) {
	items = 1
	level := 0
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '"':
			i += endOfText(text[i+1:]) + 1
		case '{', '[':
			items++
			level++
			depth = max(depth, level)
		case '}', ']':
			level--
		case ',', ':':
			items++
		}
	}
	return items, depth
}

// endOfText returns where the quotation mark is that ends a text, or how long
// the rest is.
func endOfText(rest []byte) int {
	for at := 0; ; {
		quote := bytes.IndexByte(rest[at:], '"')
		if quote < 0 {
			return len(rest)
		}
		escapes := 0
		for i := at + quote - 1; i >= at && rest[i] == '\\'; i-- {
			escapes++
		}
		at += quote
		if escapes%2 == 0 {
			return at
		}
		at++
	}
}
