package awsapi

import (
	"context"
	"net/http"
	"time"

	"leat/awsapi/faults"
	"leat/awsapi/shape"
)

// faultHeader names, in an answer that went wrong on purpose, the rule that did
// it.
const faultHeader = "x-leat-fault"

// fault asks the rules what becomes of a request that would otherwise be done
// now, and does as much of it as can be done before. ctx is for the operation.
func (h *Handler) fault(ctx context.Context, reply *reply, s *service, operation *Operation, payload []byte) (context.Context, error) {
	decision := h.cfg.Faults.Decide(s.Name, operation.Name, func() string { return h.streamOf(ctx, s, operation, reply.encoding, payload) })
	if decision == nil {
		return ctx, nil
	}
	reply.w.Header().Set(faultHeader, decision.Rule)
	if operation.Stream != nil && decision.Drop == faults.DropAfter {
		reply.drop, reply.dropAfter = true, decision.Delay
		return ctx, nil
	}
	if err := h.wait(ctx, decision.Delay); err != nil {
		return ctx, err
	}
	switch {
	case decision.Error != nil:
		return ctx, &Error{Type: decision.Error.Type, Message: decision.Error.Message, Status: decision.Error.Status}
	case decision.Drop == faults.DropBefore:
		panic(http.ErrAbortHandler) // net/http closes the connection
	case decision.Drop == faults.DropAfter:
		reply.drop = true
	}
	return decision.Context(ctx), nil
}

// wait returns after so long, or when the server stops, which a delay that was
// asked for must not hold up; with an error when the client goes away.
func (h *Handler) wait(ctx context.Context, long time.Duration) error {
	if long <= 0 {
		return nil
	}
	stopping, cancel := context.WithCancel(ctx)
	defer cancel()
	defer h.streams.add(cancel)()
	timer := time.NewTimer(long)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-stopping.Done():
		return ctx.Err()
	}
}

// cutStream answers a request with events, and closes the connection in the
// midst of them when the time has come.
func (h *Handler) cutStream(r *http.Request, reply *reply, operation *Operation, in shape.Object, release func()) {
	ctx, cancel := context.WithTimeout(r.Context(), reply.dropAfter)
	defer cancel()
	_ = h.stream(r.WithContext(ctx), reply, operation, in, release) // there is no one to tell
	panic(http.ErrAbortHandler)
}

// streamOf returns the name of the stream that a request is about; empty when
// it cannot be told, which the operation itself will complain about.
func (h *Handler) streamOf(ctx context.Context, s *service, operation *Operation, encoding string, payload []byte) string {
	decode := decodeJSON
	if encoding == cbor11 {
		decode = decodeCBOR
	}
	in, err := h.checkInput(ctx, payload, decode, operation.Input)
	if err != nil || s.StreamOf == nil {
		return ""
	}
	return s.StreamOf(in)
}
