package leat.clients;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.cloudwatch.CloudWatchAsyncClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.dynamodb.model.BillingMode;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import software.amazon.kinesis.common.ConfigsBuilder;
import software.amazon.kinesis.common.InitialPositionInStream;
import software.amazon.kinesis.common.InitialPositionInStreamExtended;
import software.amazon.kinesis.common.KinesisClientUtil;
import software.amazon.kinesis.coordinator.Scheduler;
import software.amazon.kinesis.exceptions.InvalidStateException;
import software.amazon.kinesis.exceptions.ShutdownException;
import software.amazon.kinesis.lifecycle.events.InitializationInput;
import software.amazon.kinesis.lifecycle.events.LeaseLostInput;
import software.amazon.kinesis.lifecycle.events.ProcessRecordsInput;
import software.amazon.kinesis.lifecycle.events.ShardEndedInput;
import software.amazon.kinesis.lifecycle.events.ShutdownRequestedInput;
import software.amazon.kinesis.metrics.MetricsLevel;
import software.amazon.kinesis.metrics.NullMetricsFactory;
import software.amazon.kinesis.processor.ShardRecordProcessor;
import software.amazon.kinesis.processor.SingleStreamTracker;
import software.amazon.kinesis.retrieval.KinesisClientRecord;
import software.amazon.kinesis.retrieval.fanout.FanOutConfig;
import software.amazon.kinesis.retrieval.polling.PollingConfig;

/**
 * One worker of a Kinesis Client Library application. It writes each record
 * that it processes into the journal and then checkpoints. It ends when its
 * standard input does.
 *
 * <p>Arguments: polling or fanout, the addresses of Kinesis and DynamoDB, the
 * stream, the application, the worker, and the journal.
 */
public final class KclWorker {
    private static final long FAILOVER_MILLIS = 5_000;

    private KclWorker() {}

    public static void main(String[] args) throws Exception {
        boolean fanOut = args[0].equals("fanout");
        URI kinesisAddress = URI.create(args[1]);
        URI dynamoAddress = URI.create(args[2]);
        String stream = args[3];
        String application = args[4];
        String worker = args[5];
        Journal journal = new Journal(Path.of(args[6]));

        var credentials = StaticCredentialsProvider.create(AwsBasicCredentials.create("any", "any"));
        KinesisAsyncClient kinesis = KinesisClientUtil.createKinesisAsyncClient(KinesisAsyncClient.builder()
                .endpointOverride(kinesisAddress).region(Region.US_EAST_1).credentialsProvider(credentials));
        DynamoDbAsyncClient dynamo = DynamoDbAsyncClient.builder()
                .endpointOverride(dynamoAddress).region(Region.US_EAST_1).credentialsProvider(credentials).build();
        LeaseTable.create(dynamo, application);
        CloudWatchAsyncClient cloudWatch = CloudWatchAsyncClient.builder() // metrics are off: it is never called
                .endpointOverride(dynamoAddress).region(Region.US_EAST_1).credentialsProvider(credentials).build();

        var start = InitialPositionInStreamExtended.newInitialPosition(InitialPositionInStream.TRIM_HORIZON);
        var configs = new ConfigsBuilder(new SingleStreamTracker(stream, start), application, kinesis, dynamo, cloudWatch,
                worker, () -> new Processor(worker, journal));
        var retrieval = configs.retrievalConfig().retrievalSpecificConfig(fanOut
                ? new FanOutConfig(kinesis).streamName(stream).applicationName(application)
                : new PollingConfig(stream, kinesis).idleTimeBetweenReadsInMillis(250));
        var leases = configs.leaseManagementConfig()
                .failoverTimeMillis(FAILOVER_MILLIS)
                .billingMode(BillingMode.PROVISIONED)
                .shardSyncIntervalMillis(500) // also how long the first worker rests after making the leases
                .leaseAssignmentIntervalMillis(1_000L)
                .dynamoDbLockBasedLeaderLeaseDurationInMillis(FAILOVER_MILLIS)
                .dynamoDbLockBasedLeaderHeartbeatPeriodInMillis(1_000)
                .leasesRecoveryAuditorExecutionFrequencyMillis(2_000);
        leases.workerUtilizationAwareAssignmentConfig()
                .inMemoryWorkerMetricsCaptureFrequencyMillis(500)
                .workerMetricsReporterFreqInMillis(1_000);
        var coordinator = configs.coordinatorConfig()
                .parentShardPollIntervalMillis(500);
        // dynalite makes indexes of provisioned tables alone.
        coordinator.coordinatorStateTableConfig().billingMode(BillingMode.PROVISIONED);
        leases.workerUtilizationAwareAssignmentConfig().workerMetricsTableConfig().billingMode(BillingMode.PROVISIONED);
        var metrics = configs.metricsConfig().metricsLevel(MetricsLevel.NONE).metricsFactory(new NullMetricsFactory());

        var scheduler = new Scheduler(configs.checkpointConfig(), coordinator, leases, configs.lifecycleConfig(), metrics,
                configs.processorConfig(), retrieval);
        Thread end = new Thread(KclWorker::awaitEndOfInput, "end");
        end.setDaemon(true);
        end.start();
        scheduler.run(); // for good
        Runtime.getRuntime().halt(1);
    }

    private static void awaitEndOfInput() {
        try {
            while (System.in.read() >= 0) { /* until the test closes it */ }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            Runtime.getRuntime().halt(0);
        }
    }

    /** Processes the records of one shard. */
    private static final class Processor implements ShardRecordProcessor {
        private final String worker;
        private final Journal journal;
        private String shard;

        Processor(String worker, Journal journal) {
            this.worker = worker;
            this.journal = journal;
        }

        @Override
        public void initialize(InitializationInput input) {
            shard = input.shardId();
            journal.write("begin " + worker + " " + shard);
        }

        @Override
        public void processRecords(ProcessRecordsInput input) {
            List<String> lines = new ArrayList<>();
            for (KinesisClientRecord record : input.records()) {
                String data = StandardCharsets.UTF_8.decode(record.data()).toString();
                lines.add("record " + worker + " " + shard + " " + record.partitionKey() + " " + data);
            }
            if (lines.isEmpty()) {
                return;
            }
            journal.write(lines);
            try {
                input.checkpointer().checkpoint();
            } catch (ShutdownException e) {
                // Another worker has the lease now, and processes these records again.
            } catch (InvalidStateException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public void leaseLost(LeaseLostInput input) {
            journal.write("lost " + worker + " " + shard);
        }

        @Override
        public void shardEnded(ShardEndedInput input) {
            journal.write("end " + worker + " " + shard);
            try {
                input.checkpointer().checkpoint();
            } catch (ShutdownException | InvalidStateException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public void shutdownRequested(ShutdownRequestedInput input) {
            journal.write("handover " + worker + " " + shard);
            try {
                input.checkpointer().checkpoint();
            } catch (ShutdownException | InvalidStateException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
