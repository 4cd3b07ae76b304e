package awsapi

import (
	"strings"

	"leat/awsapi/shape"
)

// changes reports whether an operation changes more than a stream's records:
// what an administrator may later ask about.
func changes(operation string) bool {
	for _, harmless := range []string{"Describe", "Get", "List", "PutRecord", "SubscribeTo"} {
		if strings.HasPrefix(operation, harmless) {
			return false
		}
	}
	return true
}

// logChange says who changed what.
func (h *Handler) logChange(reply *reply, s *service, operation *Operation, in shape.Object, auth *authorization) {
	if !changes(operation.Name) {
		return
	}
	attributes := []any{"service", s.Name, "operation", operation.Name, "request", reply.requestID}
	for _, member := range []string{"StreamName", "StreamARN", "DeliveryStreamName", "ResourceARN", "ConsumerARN"} {
		if in.Has(member) {
			attributes = append(attributes, "on", in.Text(member))
			break
		}
	}
	if auth != nil {
		attributes = append(attributes, "identity", auth.credential.Identity)
	}
	h.cfg.Logger.Info("changed", attributes...)
}
