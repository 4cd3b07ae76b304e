package leat.clients;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import software.amazon.awssdk.services.kinesis.model.ConsumerStatus;
import software.amazon.awssdk.services.kinesis.model.ResourceInUseException;
import software.amazon.awssdk.services.kinesis.model.ShardIteratorType;
import software.amazon.awssdk.services.kinesis.model.StartingPosition;
import software.amazon.awssdk.services.kinesis.model.SubscribeToShardEvent;
import software.amazon.awssdk.services.kinesis.model.SubscribeToShardEventStream;
import software.amazon.awssdk.services.kinesis.model.SubscribeToShardResponseHandler;

/**
 * An enhanced fan-out consumer as Flink's connector is one: it takes one event
 * at a time, breaks off, and subscribes again after the last continuation
 * sequence number.
 */
public final class Sdk2FanOut {
    private static final String STREAM = "java-fanout";
    private static final String SHARD = "shardId-000000000000";
    private static final int RECORDS = 1_000;

    private Sdk2FanOut() {}

    public static void main(String[] args) {
        try (KinesisAsyncClient kinesis = KinesisAsyncClient.create()) {
            kinesis.createStream(r -> r.streamName(STREAM).shardCount(1)).join();
            kinesis.waiter().waitUntilStreamExists(r -> r.streamName(STREAM)).join();
            String stream = kinesis.describeStreamSummary(r -> r.streamName(STREAM)).join().streamDescriptionSummary().streamARN();
            String consumer = kinesis.registerStreamConsumer(r -> r.streamARN(stream).consumerName("flink")).join().consumer().consumerARN();
            while (kinesis.describeStreamConsumer(r -> r.consumerARN(consumer)).join().consumerDescription().consumerStatus() != ConsumerStatus.ACTIVE) {
                Thread.onSpinWait();
            }

            var position = StartingPosition.builder().type(ShardIteratorType.TRIM_HORIZON).build();
            List<String> texts = new CopyOnWriteArrayList<>();
            int next = 0;
            for (int wanted = RECORDS / 2; wanted <= RECORDS; wanted += RECORDS / 2) {
                Reader reader = new Reader(kinesis, consumer, position, texts, wanted);
                while (next < wanted) {
                    String text = "record " + next++;
                    kinesis.putRecord(r -> r.streamName(STREAM).partitionKey("k").data(SdkBytes.fromUtf8String(text))).join();
                }
                position = reader.await();
            }
            Check.equal(RECORDS, texts.size());
            for (int i = 0; i < RECORDS; i++) {
                Check.equal("record " + i, texts.get(i));
            }
            kinesis.deregisterStreamConsumer(r -> r.consumerARN(consumer)).join();
            kinesis.deleteStream(r -> r.streamName(STREAM)).join();
        }
    }

    /** Reads a shard until it has as many records as it wants. */
    private static final class Reader {
        private final CompletableFuture<StartingPosition> done = new CompletableFuture<>();

        Reader(KinesisAsyncClient kinesis, String consumer, StartingPosition position, List<String> texts, int wanted) {
            subscribe(kinesis, consumer, position, texts, wanted);
        }

        StartingPosition await() {
            return done.join();
        }

        private void subscribe(KinesisAsyncClient kinesis, String consumer, StartingPosition position, List<String> texts, int wanted) {
            var handler = SubscribeToShardResponseHandler.builder()
                    .subscriber(() -> new Events(texts, wanted, done))
                    .build();
            kinesis.subscribeToShard(r -> r.consumerARN(consumer).shardId(SHARD).startingPosition(position), handler)
                    .whenComplete((nothing, error) -> {
                        if (error != null && error.getCause() instanceof ResourceInUseException) {
                            // Kinesis refuses a second subscription in the first five seconds of one.
                            CompletableFuture.delayedExecutor(200, TimeUnit.MILLISECONDS)
                                    .execute(() -> subscribe(kinesis, consumer, position, texts, wanted));
                        } else if (error != null) {
                            done.completeExceptionally(error); // has no effect when the reader has broken off
                        }
                    });
        }
    }

    /** Asks for one event after the other. */
    private static final class Events implements Subscriber<SubscribeToShardEventStream> {
        private final List<String> texts;
        private final int wanted;
        private final CompletableFuture<StartingPosition> done;
        private final AtomicReference<Subscription> subscription = new AtomicReference<>();

        Events(List<String> texts, int wanted, CompletableFuture<StartingPosition> done) {
            this.texts = texts;
            this.wanted = wanted;
            this.done = done;
        }

        @Override
        public void onSubscribe(Subscription s) {
            subscription.set(s);
            s.request(1);
        }

        @Override
        public void onNext(SubscribeToShardEventStream event) {
            event.accept(new SubscribeToShardResponseHandler.Visitor() {
                @Override
                public void visit(SubscribeToShardEvent records) {
                    records.records().forEach(record -> texts.add(record.data().asUtf8String()));
                    if (texts.size() < wanted) {
                        subscription.get().request(1);
                        return;
                    }
                    subscription.get().cancel();
                    done.complete(StartingPosition.builder().type(ShardIteratorType.AFTER_SEQUENCE_NUMBER)
                            .sequenceNumber(records.continuationSequenceNumber()).build());
                }
            });
        }

        @Override
        public void onError(Throwable error) {} // the call's future says it, too

        @Override
        public void onComplete() {
            done.completeExceptionally(new IllegalStateException("the subscription ended"));
        }
    }
}
