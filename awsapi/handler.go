package awsapi

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"runtime/debug"
	"strings"
	"sync/atomic"
)

// A Handler answers all services. It may be used by any number of goroutines.
type Handler struct {
	cfg      Config
	services map[string]*service // by target
	auth     atomic.Pointer[authenticator]
	place    Place // of callers who do not say
	bodies   *room // for bodies
	trees    *room // for what they are decoded into
	streams  streams
}

// service is a Service, indexed.
type service struct {
	Service
	operations  map[string]*Operation
	unsupported map[string]bool
}

// New returns a handler. The error is a mistake in cfg.
func New(cfg Config) (*Handler, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	cfg = cfg.withDefaults()
	h := &Handler{
		cfg:      cfg,
		services: map[string]*service{},
		place:    NewPlace(cfg.Region, cfg.Account),
		bodies:   newRoom(cfg.MaxBufferedBytes, cfg.MaxWaiting),
		trees:    newRoom(cfg.maxTreeBytes(), cfg.MaxWaiting),
	}
	h.auth.Store(newAuthenticator(cfg.Credentials))
	for _, s := range cfg.Services {
		indexed := &service{Service: s, operations: map[string]*Operation{}, unsupported: map[string]bool{}}
		for i := range s.Operations {
			indexed.operations[s.Operations[i].Name] = &s.Operations[i]
		}
		for _, name := range s.Unsupported {
			indexed.unsupported[name] = true
		}
		h.services[s.Target] = indexed
	}
	return h, nil
}

// ServeHTTP answers one request.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	reply := newReply(w, mediaType(r), h.cfg.BodyTimeout)
	defer func() {
		if cause := recover(); cause == http.ErrAbortHandler {
			panic(cause)
		} else if cause != nil {
			h.cfg.Logger.Error("request panicked", "request", reply.requestID, "target", targetOf(r),
				"err", fmt.Sprint(cause), "stack", string(debug.Stack()))
			reply.error(&Error{Type: InternalFailure, Status: http.StatusInternalServerError,
				Message: "Leat met a fault of its own; its log has the details under this request's id."})
		}
	}()
	s, operation, err := h.enter(reply, r)
	if err == nil && s == nil {
		return
	}
	if err == nil {
		err = h.perform(r, reply, s, operation)
	}
	if err == nil || errors.Is(err, context.Canceled) && r.Context().Err() != nil {
		return
	}
	named, internal := s.asError(err)
	if internal {
		h.cfg.Logger.Error("request failed", "request", reply.requestID, "target", targetOf(r), "err", err)
	}
	reply.error(named)
}

// enter decides whether a request may ask at all, and what it asks for. No service
// and no error mean that the request has been answered.
func (h *Handler) enter(reply *reply, r *http.Request) (*service, *Operation, error) {
	if err := h.checkCaller(r); err != nil {
		return &service{}, nil, err
	}
	if allowOrigin(reply, r) {
		return nil, nil, nil
	}
	s, operation, err := h.route(reply, r)
	if err != nil && (reply.form == plainForm || reply.form == oldJSON) {
		err = h.bodyFirst(reply, r, err)
	}
	return s, operation, err
}

// perform reads, authenticates and answers a request, unless it returns an
// error.
func (h *Handler) perform(r *http.Request, reply *reply, s *service, operation *Operation) error {
	// Strangers are sent away before their bodies take memory.
	auth, err := h.auth.Load().identify(r, s.Name, h.cfg.Now())
	if err != nil {
		return h.bodyFirst(reply, r, err)
	}
	body, err := h.readBody(reply.w, r)
	if err != nil {
		return err
	}
	defer func() { h.release(body) }()
	payload, err := auth.verify(r, body)
	if err != nil {
		return bodyBefore(reply.encoding, body.bytes, err)
	}
	ctx := h.locate(r.Context(), r)
	if h.cfg.Faults != nil {
		if ctx, err = h.fault(ctx, reply, s, operation, payload); err != nil {
			return err
		}
	}
	hot, decode := operation.Hot, decodeJSON
	if reply.encoding == cbor11 {
		hot, decode = operation.HotCBOR, decodeCBOR
	}
	if hot != nil {
		out := replyBuffers.Get().(*replyBuffer)
		defer out.free()
		encoded, ok, err := hot(ctx, payload, out.bytes[:0])
		if err != nil {
			return err
		}
		if ok {
			out.bytes = encoded
			reply.body(encoded)
			return nil
		}
	}
	in, err := h.checkInput(ctx, payload, decode, operation.Input)
	if err != nil {
		return err
	}
	if operation.Stream != nil {
		release := func() { h.release(body); body = nil }
		if reply.drop {
			h.cutStream(r, reply, operation, in, release)
		}
		return h.stream(r, reply, operation, in, release)
	}
	result, err := operation.Handle(ctx, in)
	if err != nil {
		return err
	}
	h.logChange(reply, s, operation, in, auth)
	return reply.result(result)
}

// targetOf returns what a request asks for: a URL signed ahead may have it in
// its query string.
func targetOf(r *http.Request) string {
	if target := r.Header.Get("X-Amz-Target"); target != "" || r.URL.RawQuery == "" {
		return target
	}
	return r.URL.Query().Get("X-Amz-Target")
}

// mediaType returns what a request says its body is.
func mediaType(r *http.Request) string {
	media, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";")
	return strings.ToLower(strings.TrimSpace(media))
}

// route finds what a request asks for. An error may set the form that the reply
// writes it in.
func (h *Handler) route(reply *reply, r *http.Request) (*service, *Operation, error) {
	none := &service{}
	if err := h.foreign(reply, r); err != nil {
		return none, nil, err
	}
	media, target := mediaType(r), targetOf(r)
	if r.Method != http.MethodPost {
		reply.form = bareXML
		return none, nil, errNoOperation()
	}
	prefix, name, _ := strings.Cut(target, ".")
	s := h.services[prefix]
	known := media == json11 || media == json10 || media == cbor11
	switch {
	case r.ContentLength == 0 && s != nil && s.operations[name] != nil:
		return s, nil, Errorf(SerializationException, "The request has no body: send {} when it has no members.")
	case known || r.ContentLength == 0:
	case media == "application/json":
		reply.form = oldJSON
		return none, nil, errMedia(media)
	case target == "":
		reply.form = bareXML
		return none, nil, errNoOperation()
	default:
		reply.form = bareXML
		return none, nil, errMedia(media)
	}
	if s == nil {
		return none, nil, Errorf(UnknownOperation, "Leat has no API for X-Amz-Target %q.", target)
	}
	if media == cbor11 && !s.CBOR {
		return s, nil, Errorf(UnknownOperation, "Leat does not read content type %q for %s: send %s.", media, s.Name, json11)
	}
	operation := s.operations[name]
	switch {
	case operation != nil:
		return s, operation, nil
	case s.unsupported[name]:
		return s, nil, Errorf(UnsupportedOperation, "Leat does not support %s of %s yet.", name, s.Name)
	}
	return s, nil, Errorf(UnknownOperation, "%s has no operation %q.", s.Name, name)
}

// errNoOperation is what AWS says, in these words, to what is no call at all.
func errNoOperation() error {
	return &Error{Type: AccessDenied, Status: http.StatusForbidden, Message: "Unable to determine service/operation name to be authorized"}
}

func errMedia(media string) error {
	return &Error{Type: UnknownOperation, Status: http.StatusNotFound,
		Message: fmt.Sprintf("Leat does not read content type %q: send %s.", media, json11)}
}
