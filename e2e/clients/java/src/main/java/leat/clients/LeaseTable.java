package leat.clients;

import java.util.concurrent.CompletionException;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeDefinition;
import software.amazon.awssdk.services.dynamodb.model.KeySchemaElement;
import software.amazon.awssdk.services.dynamodb.model.KeyType;
import software.amazon.awssdk.services.dynamodb.model.ProjectionType;
import software.amazon.awssdk.services.dynamodb.model.ProvisionedThroughput;
import software.amazon.awssdk.services.dynamodb.model.ResourceInUseException;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;

/**
 * The table of an application's leases. The client library makes the table and
 * later adds an index; dynalite adds no indexes, so the table is made with its
 * index before.
 */
final class LeaseTable {
    private static final String SHARD = "leaseKey";
    private static final String WORKER = "leaseOwner";

    private LeaseTable() {}

    static void create(DynamoDbAsyncClient dynamo, String name) {
        var throughput = ProvisionedThroughput.builder().readCapacityUnits(10L).writeCapacityUnits(10L).build();
        try {
            dynamo.createTable(table -> table.tableName(name)
                    .attributeDefinitions(text(SHARD), text(WORKER))
                    .keySchema(key(SHARD, KeyType.HASH))
                    .provisionedThroughput(throughput)
                    .globalSecondaryIndexes(index -> index.indexName("LeaseOwnerToLeaseKeyIndex")
                            .keySchema(key(WORKER, KeyType.HASH), key(SHARD, KeyType.RANGE))
                            .projection(projection -> projection.projectionType(ProjectionType.KEYS_ONLY))
                            .provisionedThroughput(throughput))).join();
        } catch (CompletionException e) {
            if (!(e.getCause() instanceof ResourceInUseException)) { // the other worker has made it
                throw e;
            }
        }
        dynamo.waiter().waitUntilTableExists(table -> table.tableName(name)).join();
    }

    private static AttributeDefinition text(String name) {
        return AttributeDefinition.builder().attributeName(name).attributeType(ScalarAttributeType.S).build();
    }

    private static KeySchemaElement key(String name, KeyType type) {
        return KeySchemaElement.builder().attributeName(name).keyType(type).build();
    }
}
