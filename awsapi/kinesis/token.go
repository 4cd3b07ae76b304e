package kinesis

import (
	"encoding/binary"
	"errors"
	"time"

	"leat/awsapi"
)

// tokenLife is how long iterators and paging tokens are good for.
const tokenLife = 5 * time.Minute

// openNextToken returns what a paging token holds.
func (a *api) openNextToken(kind, token string) ([]byte, error) {
	content, _, err := a.tokens.Open(kind, token, tokenLife, a.now())
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
func (a *api) seal(it iterator) string {
	content := binary.BigEndian.AppendUint32(nil, it.shard)
	content = binary.BigEndian.AppendUint64(content, it.ordinal)
	content = append(content, byte(len(it.streamID)))
	content = append(content, it.streamID...)
	content = append(content, it.stream...)
	return a.tokens.Seal(iteratorToken, content, a.now())
}

// openIterator reads what seal made.
func (a *api) openIterator(text string) (iterator, error) {
	now := a.now()
	content, made, err := a.tokens.Open(iteratorToken, text, tokenLife, now)
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
