package kinesis

import (
	"encoding/binary"
	"errors"
	"strings"
	"time"

	"leat/awsapi"
)

// tokenLife is how long iterators and paging tokens are good for.
const tokenLife = 5 * time.Minute

// unquoted is a token without the quotation marks that a shell script leaves
// around what it cut from an answer; AWS passes over them.
func unquoted(token string) string {
	if inner, ok := strings.CutPrefix(token, `"`); ok {
		if inner, ok = strings.CutSuffix(inner, `"`); ok {
			return inner
		}
	}
	return token
}

// openNextToken returns what a paging token holds.
func (c *core) openNextToken(kind, token string) ([]byte, error) {
	content, _, err := c.tokens.Open(kind, unquoted(token), tokenLife, c.now())
	switch {
	case errors.Is(err, awsapi.ErrOldToken):
		return nil, awsapi.Errorf(expiredNextToken, "NextToken has expired: it was good for five minutes.")
	case err != nil:
		return nil, awsapi.Errorf(invalidArgument, "NextToken is invalid.")
	}
	return content, nil
}

// An iterator is a place in a shard, as clients carry it.
type iterator struct {
	stream   string
	streamID string // the stream's incarnation
	shard    uint32
	ordinal  uint64 // of the next record to read
}

const iteratorToken = "ShardIterator"

// seal makes the text of a shard iterator:
//
//	shard(4) · ordinal(8) · length of id(1) · id · name
func (c *core) seal(it iterator) string {
	content := binary.BigEndian.AppendUint32(nil, it.shard)
	content = binary.BigEndian.AppendUint64(content, it.ordinal)
	content = append(content, byte(len(it.streamID)))
	content = append(content, it.streamID...)
	content = append(content, it.stream...)
	return c.tokens.Seal(iteratorToken, content, c.now())
}

// openIterator reads what seal made.
func (c *core) openIterator(text string) (iterator, error) {
	now := c.now()
	content, made, err := c.tokens.Open(iteratorToken, unquoted(text), tokenLife, now)
	switch {
	case errors.Is(err, awsapi.ErrOldToken):
		const form = "Mon Jan 02 15:04:05 UTC 2006"
		return iterator{}, awsapi.Errorf(expiredIterator, "Iterator expired. The iterator was created at time %s while right now it is %s which is further in the future than the tolerated delay of %d milliseconds.",
			made.UTC().Format(form), now.UTC().Format(form), tokenLife.Milliseconds())
	case err != nil:
		return iterator{}, awsapi.Errorf(invalidArgument, "Invalid ShardIterator.")
	}
	const fixed = 4 + 8 + 1
	idEnd := fixed + int(content[fixed-1])
	return iterator{
		shard:    binary.BigEndian.Uint32(content),
		ordinal:  binary.BigEndian.Uint64(content[4:]),
		streamID: string(content[fixed:idEnd]),
		stream:   string(content[idEnd:]),
	}, nil
}
