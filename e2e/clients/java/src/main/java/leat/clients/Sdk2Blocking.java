package leat.clients;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.kinesis.KinesisClient;
import software.amazon.awssdk.services.kinesis.model.ExpiredIteratorException;
import software.amazon.awssdk.services.kinesis.model.GetShardIteratorRequest;
import software.amazon.awssdk.services.kinesis.model.InvalidArgumentException;
import software.amazon.awssdk.services.kinesis.model.PutRecordsRequestEntry;
import software.amazon.awssdk.services.kinesis.model.Record;
import software.amazon.awssdk.services.kinesis.model.ResourceInUseException;
import software.amazon.awssdk.services.kinesis.model.ResourceNotFoundException;
import software.amazon.awssdk.services.kinesis.model.ShardIteratorType;

/** The blocking client of the SDK for Java 2: CBOR over HTTP/1.1. */
public final class Sdk2Blocking {
    private static final String STREAM = "java-blocking";
    private static final String SHARD = "shardId-000000000000";

    private Sdk2Blocking() {}

    public static void main(String[] args) {
        try (KinesisClient kinesis = KinesisClient.create()) {
            kinesis.createStream(r -> r.streamName(STREAM).shardCount(1).tags(Map.of("team", "core")));
            kinesis.waiter().waitUntilStreamExists(r -> r.streamName(STREAM));
            recordsGoThrough(kinesis);
            listsComeInPages(kinesis);
            errorsHaveTheirTypes(kinesis);
            kinesis.deleteStream(r -> r.streamName(STREAM));
            kinesis.waiter().waitUntilStreamNotExists(r -> r.streamName(STREAM));
        }
    }

    private static void recordsGoThrough(KinesisClient kinesis) {
        byte[] bytes = new byte[256];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) i;
        }
        String first = kinesis.putRecord(r -> r.streamName(STREAM).partitionKey("schlüssel").data(SdkBytes.fromByteArray(bytes))).sequenceNumber();
        List<PutRecordsRequestEntry> entries = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            entries.add(PutRecordsRequestEntry.builder().partitionKey("k" + i).data(SdkBytes.fromUtf8String("record " + i)).build());
        }
        var batch = kinesis.putRecords(r -> r.streamName(STREAM).records(entries));
        Check.equal(0, batch.failedRecordCount());
        Check.equal(500, batch.records().size());

        List<Record> all = read(kinesis, GetShardIteratorRequest.builder().shardIteratorType(ShardIteratorType.TRIM_HORIZON));
        Check.equal(501, all.size());
        Check.equal(SdkBytes.fromByteArray(bytes), all.get(0).data());
        Check.equal("schlüssel", all.get(0).partitionKey());
        Check.equal(first, all.get(0).sequenceNumber());
        Check.equal("record 499", all.get(500).data().asUtf8String());
        Duration age = Duration.between(all.get(0).approximateArrivalTimestamp(), Instant.now());
        Check.that(age.abs().compareTo(Duration.ofMinutes(1)) < 0, "the first record is " + age + " old");
        String second = batch.records().get(0).sequenceNumber();
        Check.equal(500, read(kinesis, at(ShardIteratorType.AT_SEQUENCE_NUMBER).startingSequenceNumber(second)).size());
        Check.equal(499, read(kinesis, at(ShardIteratorType.AFTER_SEQUENCE_NUMBER).startingSequenceNumber(second)).size());
        Check.equal(501, read(kinesis, at(ShardIteratorType.AT_TIMESTAMP).timestamp(Instant.EPOCH)).size());
        Check.equal(0, read(kinesis, at(ShardIteratorType.LATEST)).size());
    }

    private static GetShardIteratorRequest.Builder at(ShardIteratorType type) {
        return GetShardIteratorRequest.builder().shardIteratorType(type);
    }

    private static List<Record> read(KinesisClient kinesis, GetShardIteratorRequest.Builder start) {
        String iterator = kinesis.getShardIterator(start.streamName(STREAM).shardId(SHARD).build()).shardIterator();
        List<Record> records = new ArrayList<>();
        while (true) {
            String from = iterator;
            var page = kinesis.getRecords(r -> r.shardIterator(from).limit(100));
            records.addAll(page.records());
            iterator = page.nextShardIterator();
            if (page.records().isEmpty() && page.millisBehindLatest() == 0) {
                return records;
            }
        }
    }

    private static void listsComeInPages(KinesisClient kinesis) {
        String arn = kinesis.describeStreamSummary(r -> r.streamName(STREAM)).streamDescriptionSummary().streamARN();
        List<String> names = List.of("a", "b", "c");
        names.forEach(name -> kinesis.registerStreamConsumer(r -> r.streamARN(arn).consumerName(name)));
        var pages = kinesis.listStreamConsumersPaginator(r -> r.streamARN(arn).maxResults(2));
        Check.equal(names, pages.stream().flatMap(page -> page.consumers().stream()).map(consumer -> consumer.consumerName()).toList());
        Check.equal(2L, pages.stream().count());
        names.forEach(name -> kinesis.deregisterStreamConsumer(r -> r.streamARN(arn).consumerName(name)));
        Check.that(kinesis.listStreamsPaginator().streamNames().stream().anyMatch(STREAM::equals), "the stream is not listed");
    }

    private static void errorsHaveTheirTypes(KinesisClient kinesis) {
        Check.thrown(ResourceInUseException.class, STREAM, () -> kinesis.createStream(r -> r.streamName(STREAM).shardCount(1)));
        Check.thrown(ResourceNotFoundException.class, "Stream nowhere under account 000000000000 not found",
                () -> kinesis.describeStreamSummary(r -> r.streamName("nowhere")));
        Check.thrown(InvalidArgumentException.class, "", () -> kinesis.getRecords(r -> r.shardIterator("x")));
        String old = STREAM + "-old";
        kinesis.createStream(r -> r.streamName(old).shardCount(1));
        String iterator = kinesis.getShardIterator(r -> r.streamName(old).shardId(SHARD).shardIteratorType("LATEST")).shardIterator();
        kinesis.deleteStream(r -> r.streamName(old));
        kinesis.createStream(r -> r.streamName(old).shardCount(1));
        Check.thrown(ExpiredIteratorException.class, "", () -> kinesis.getRecords(r -> r.shardIterator(iterator)));
        kinesis.deleteStream(r -> r.streamName(old));
    }
}
