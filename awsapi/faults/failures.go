package faults

import (
	"maps"
	"net/http"
	"slices"
	"strings"
)

// A failure is how a service answers an exception.
type failure struct {
	status  int
	message string // unless the rule has one
}

// failures are the exceptions of each service: those of its model, and those
// that AWS documents as common to all.
var failures = map[string]map[string]failure{
	"kinesis": with(common, map[string]failure{
		"ProvisionedThroughputExceededException": {400, "Rate exceeded for shard."},
		"LimitExceededException":                 {400, "Rate exceeded for stream."},
		"ExpiredIteratorException":               {400, "Iterator expired."},
		"ExpiredNextTokenException":              {400, "NextToken has expired."},
		"InternalFailureException":               {500, "Internal service failure."},
		"InvalidArgumentException":               {400, "The argument is invalid."},
		"ResourceInUseException":                 {400, "The stream is not ACTIVE."},
		"ResourceNotFoundException":              {400, "Stream not found."},
		"KMSAccessDeniedException":               {400, "The ciphertext refers to a customer master key that does not exist or that you have no access to."},
		"KMSDisabledException":                   {400, "The customer master key is disabled."},
		"KMSInvalidStateException":               {400, "The customer master key is in a state that does not allow this."},
		"KMSNotFoundException":                   {400, "The customer master key was not found."},
		"KMSOptInRequired":                       {400, "The access key id needs a subscription for the service."},
		"KMSThrottlingException":                 {400, "KMS throttles the stream's requests."},
	}),
	"firehose": with(common, map[string]failure{
		"ServiceUnavailableException":     {503, "Slow down."},
		"LimitExceededException":          {400, "Rate exceeded."},
		"ConcurrentModificationException": {400, "The delivery stream has been changed meanwhile."},
		"InvalidArgumentException":        {400, "The argument is invalid."},
		"InvalidKMSResourceException":     {400, "The delivery stream's key cannot be used."},
		"InvalidSourceException":          {400, "The source is not supported."},
		"ResourceInUseException":          {400, "The delivery stream is not ACTIVE."},
		"ResourceNotFoundException":       {400, "Delivery stream not found."},
	}),
}

var common = map[string]failure{
	"InternalFailure":             {http.StatusInternalServerError, "Internal service failure."},
	"ServiceUnavailable":          {http.StatusServiceUnavailable, "Service is unavailable."},
	"ThrottlingException":         {400, "Rate exceeded"},
	"AccessDeniedException":       {400, "The caller is not authorized to do this."},
	"ExpiredTokenException":       {400, "The security token included in the request is expired"},
	"UnrecognizedClientException": {400, "The security token included in the request is invalid."},
	"ValidationException":         {400, "The request is not valid."},
}

// batches are the operations that answer each of a batch's records by itself,
// and the codes that AWS gives records it refused.
var batches = map[string]struct {
	operation string
	types     []string
}{
	"kinesis":  {"PutRecords", []string{"ProvisionedThroughputExceededException", "InternalFailure"}},
	"firehose": {"PutRecordBatch", []string{"ServiceUnavailableException", "InternalFailure"}},
}

func with(common, own map[string]failure) map[string]failure {
	all := maps.Clone(common)
	maps.Copy(all, own)
	return all
}

func names(of map[string]failure) string {
	return strings.Join(slices.Sorted(maps.Keys(of)), ", ")
}

func listed[T any](items []T, name func(T) string) string {
	all := make([]string, len(items))
	for i, item := range items {
		all[i] = name(item)
	}
	return strings.Join(all, ", ")
}
