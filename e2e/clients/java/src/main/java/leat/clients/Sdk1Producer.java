package leat.clients;

import com.amazonaws.client.builder.AwsClientBuilder.EndpointConfiguration;
import com.amazonaws.services.kinesis.AmazonKinesis;
import com.amazonaws.services.kinesis.AmazonKinesisClientBuilder;
import com.amazonaws.services.kinesis.model.DescribeStreamRequest;
import com.amazonaws.services.kinesis.model.GetRecordsRequest;
import com.amazonaws.services.kinesis.model.ListShardsRequest;
import com.amazonaws.services.kinesis.model.PutRecordsRequest;
import com.amazonaws.services.kinesis.model.PutRecordsRequestEntry;
import com.amazonaws.services.kinesis.model.Record;
import com.amazonaws.services.kinesis.model.ResourceNotFoundException;
import com.amazonaws.waiters.WaiterParameters;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/**
 * The SDK for Java 1, used as the Kinesis Agent uses it: CBOR, batches of 500
 * lines with random keys, and records that are refused, as the server has been
 * told to do with some, are sent again.
 */
public final class Sdk1Producer {
    private static final String STREAM = "java-agent";
    private static final int LINES = 2_000;

    private Sdk1Producer() {}

    public static void main(String[] args) {
        AmazonKinesis kinesis = AmazonKinesisClientBuilder.standard()
                .withEndpointConfiguration(new EndpointConfiguration(System.getenv("AWS_ENDPOINT_URL"), System.getenv("AWS_REGION")))
                .build();
        kinesis.createStream(STREAM, 3);
        kinesis.waiters().streamExists().run(new WaiterParameters<>(new DescribeStreamRequest().withStreamName(STREAM)));

        List<PutRecordsRequestEntry> waiting = new ArrayList<>();
        for (int i = 0; i < LINES; i++) {
            waiting.add(new PutRecordsRequestEntry().withPartitionKey("" + Math.random())
                    .withData(ByteBuffer.wrap(("line " + i + "\n").getBytes(StandardCharsets.UTF_8))));
        }
        int refused = 0;
        while (!waiting.isEmpty()) {
            List<PutRecordsRequestEntry> batch = List.copyOf(waiting.subList(0, Math.min(500, waiting.size())));
            waiting.subList(0, batch.size()).clear();
            var result = kinesis.putRecords(new PutRecordsRequest().withStreamName(STREAM).withRecords(batch));
            int failed = 0;
            for (int i = 0; i < batch.size(); i++) {
                if (result.getRecords().get(i).getErrorCode() != null) {
                    waiting.add(batch.get(i));
                    failed++;
                }
            }
            Check.equal(failed, result.getFailedRecordCount());
            refused += failed;
        }
        Check.that(refused > 0, "no record was refused");

        TreeSet<String> lines = new TreeSet<>();
        int records = 0;
        for (var shard : kinesis.listShards(new ListShardsRequest().withStreamName(STREAM)).getShards()) {
            String iterator = kinesis.getShardIterator(STREAM, shard.getShardId(), "TRIM_HORIZON").getShardIterator();
            for (Record record : kinesis.getRecords(new GetRecordsRequest().withShardIterator(iterator)).getRecords()) {
                lines.add(StandardCharsets.UTF_8.decode(record.getData()).toString());
                records++;
            }
        }
        Check.equal(LINES, records);
        Check.equal(LINES, lines.size());
        Check.thrown(ResourceNotFoundException.class, "Stream nowhere", () -> kinesis.describeStream("nowhere"));
        kinesis.deleteStream(STREAM);
    }
}
