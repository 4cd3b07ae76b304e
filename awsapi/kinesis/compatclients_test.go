package kinesis

// compatClients is the part of docs/kinesis.md about clients. Package e2e holds
// the tests that it speaks of.
const compatClients = `
## Clients

The end-to-end tests use these clients against the real server; ` + "`e2e/clients`" + ` pins their versions and has a small program for each thing they prove.

| client | what is proven | to know |
|---|---|---|
| AWS CLI, SDK for Go 2 | a stream's whole life: tags, puts, all iterators, split, merge, consumers, deletion; the SDK also SubscribeToShard up to the end of a shard | |
| SDK for JavaScript 3 | puts, iterators, pages, SubscribeToShard, exceptions by type | speaks HTTP/2 from the first byte, also to http:// addresses |
| boto3 | puts, iterators, pages, waiters, SubscribeToShard, exceptions by type | its paginator of ListShards fails on the second page, as it does on AWS: it repeats StreamName beside NextToken |
| SDK for Java 2 | the blocking client over HTTP/1.1; the Netty client over HTTP/2, with SubscribeToShard one event at a time | CBOR |
| SDK for Java 1 | PutRecords as the Kinesis Agent sends it, refused records again | CBOR |
| Kinesis Client Library 3 | polling and enhanced fan-out, two workers each, through a split, a worker's kill -9 and a merge: every record at least once, each key in order, parents before children | leases are in a DynamoDB, which Leat is not; dynalite does when the lease table is made with its index before |
| Kinesis Producer Library 1 | aggregates by HTTPS with a verified certificate, also across a split; read by the Client Library and by streaming views, each record once | HTTPS alone: ` + "`leat serve --tls-self-signed`, `setCaCertFile`, `setKinesisEndpoint`, `setKinesisPort`" + `; ` + "`setMetricsLevel(\"none\")`" + `, there is no CloudWatch |
| Fluent Bit's output kinesis_streams | its requests, as its source builds them: every header signed, batches of 500, a throttled batch again | HTTPS |

A client finds the server by ` + "`AWS_ENDPOINT_URL`" + ` or ` + "`AWS_ENDPOINT_URL_KINESIS`" + `; the SDK for Java 1 and both libraries are told in their own settings.
`
