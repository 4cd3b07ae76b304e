package leat.clients;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import software.amazon.awssdk.services.kinesis.model.PutRecordResponse;
import software.amazon.awssdk.services.kinesis.model.Record;
import software.amazon.awssdk.services.kinesis.model.ResourceNotFoundException;
import software.amazon.awssdk.services.kinesis.model.ShardIteratorType;

/** The asynchronous client of the SDK for Java 2: CBOR, many requests at once over one HTTP/2 connection of Netty. */
public final class Sdk2Async {
    private static final String STREAM = "java-async";
    private static final int RECORDS = 200;

    private Sdk2Async() {}

    public static void main(String[] args) {
        try (KinesisAsyncClient kinesis = KinesisAsyncClient.create()) {
            kinesis.createStream(r -> r.streamName(STREAM).shardCount(4)).join();
            kinesis.waiter().waitUntilStreamExists(r -> r.streamName(STREAM)).join();

            List<CompletableFuture<PutRecordResponse>> puts = new ArrayList<>();
            for (int i = 0; i < RECORDS; i++) {
                String name = "record " + i;
                puts.add(kinesis.putRecord(r -> r.streamName(STREAM).partitionKey(name).data(SdkBytes.fromUtf8String(name))));
            }
            List<String> sequences = puts.stream().map(put -> put.join().sequenceNumber()).sorted().toList();

            List<Record> records = new ArrayList<>();
            for (var shard : kinesis.listShards(r -> r.streamName(STREAM)).join().shards()) {
                String iterator = kinesis.getShardIterator(r -> r.streamName(STREAM).shardId(shard.shardId())
                        .shardIteratorType(ShardIteratorType.TRIM_HORIZON)).join().shardIterator();
                records.addAll(kinesis.getRecords(r -> r.shardIterator(iterator)).join().records());
            }
            Check.equal(sequences, records.stream().map(Record::sequenceNumber).sorted().toList());
            records.forEach(record -> Check.equal(record.partitionKey(), record.data().asUtf8String()));

            try {
                kinesis.describeStreamSummary(r -> r.streamName("nowhere")).join();
                throw new AssertionError("a stream that is nowhere is described");
            } catch (CompletionException e) {
                Check.that(e.getCause() instanceof ResourceNotFoundException, "got " + e.getCause());
            }
            kinesis.deleteStream(r -> r.streamName(STREAM)).join();
        }
    }
}
