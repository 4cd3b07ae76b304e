// Package firehose answers the API of Amazon Data Firehose with delivery
// streams of package delivery.
//
// Each operation has a file of its own, which begins with what it does, where
// it differs from AWS, and its limits. definition.go and its neighbours turn
// CreateDeliveryStream's request into a delivery.Definition; what Leat does not
// do is refused there by the name it has in the request, never dropped.
//
// Leat adds one processor to AWS's: SQL, with parameters Query and Columns,
// which takes the place of Lambda and MetadataExtraction. Clients do not
// validate the processors' names, so the plain AWS CLI and SDKs can send it.
//
// The package keeps nothing: a delivery stream's definition, with its own
// description as Describe returns it, is delivery's.
package firehose
