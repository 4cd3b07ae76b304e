package leat.clients;

import com.google.common.util.concurrent.ListenableFuture;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.kinesis.producer.KinesisProducer;
import software.amazon.kinesis.producer.KinesisProducerConfiguration;
import software.amazon.kinesis.producer.UserRecordResult;

/**
 * The Kinesis Producer Library: puts numbered records, which its daemon packs
 * into aggregated ones and sends over HTTPS. Having put half of them, it says so
 * and waits for a line; in the end it prints in how many records of the stream
 * they went.
 *
 * <p>Arguments: the server's host and port, the file with its certificate, the
 * stream, how many keys, how many records for each, and a directory for the
 * daemon.
 */
public final class KplProducer {
    private KplProducer() {}

    public static void main(String[] args) throws Exception {
        String host = args[0];
        long port = Long.parseLong(args[1]);
        String trust = args[2];
        String stream = args[3];
        int keys = Integer.parseInt(args[4]);
        int records = Integer.parseInt(args[5]);
        String directory = args[6];
        var configuration = new KinesisProducerConfiguration()
                .setRegion("us-east-1")
                .setCredentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create("any", "any")))
                .setKinesisEndpoint(host).setKinesisPort(port)
                .setCloudwatchEndpoint(host).setCloudwatchPort(port).setMetricsLevel("none")
                .setStsEndpoint(host).setStsPort(port)
                .setCaCertFile(trust)
                .setTempDirectory(directory);
        KinesisProducer producer = new KinesisProducer(configuration);
        List<ListenableFuture<UserRecordResult>> puts = new ArrayList<>();
        for (int number = 0; number < records; number++) {
            if (number == records / 2) {
                for (ListenableFuture<UserRecordResult> put : puts) {
                    put.get();
                }
                System.out.println("half");
                System.in.read();
            }
            for (int key = 0; key < keys; key++) {
                puts.add(producer.addUserRecord(stream, "packed-" + key, ByteBuffer.wrap(("" + number).getBytes(StandardCharsets.UTF_8))));
            }
        }
        producer.flush();
        List<String> sequences = new ArrayList<>();
        for (ListenableFuture<UserRecordResult> put : puts) {
            UserRecordResult result = put.get();
            Check.that(result.isSuccessful(), "a record was not put: " + result.getAttempts());
            sequences.add(result.getShardId() + " " + result.getSequenceNumber());
        }
        System.out.println(sequences.stream().distinct().count());
        producer.destroy();
    }
}
