package io.millrace.source.record;

import io.debezium.schema.SchemaFactory;
import io.debezium.schema.SchemaNameAdjuster;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;

/**
 * Debezium's transaction metadata ({@code provide.transaction.metadata}): a BEGIN and an END record for each transaction
 * and a block in each event that tells its place. Counts one transaction at a time; not thread-safe.
 */
public final class TransactionRecords {
    private final String topic;
    private final Schema key = SchemaFactory.get().transactionKeySchema(SchemaNameAdjuster.NO_OP);
    private final Schema value = SchemaFactory.get().transactionValueSchema(SchemaNameAdjuster.NO_OP);
    private final Schema block = SchemaFactory.get().transactionBlockSchema();
    private final Schema countOfOne = SchemaFactory.get().transactionEventCountPerDataCollectionSchema();
    private final Map<String, Long> counts = new LinkedHashMap<>();
    private long xid;
    private long total;

    public TransactionRecords(TopicNames topics) {
        this.topic = topics.transaction();
    }

    public String topic() {
        return topic;
    }

    public void start(long transactionId) {
        xid = transactionId;
        total = 0;
        counts.clear();
    }

    /** The next event's block; also to be called for events that were emitted before a restart, which count. */
    public Struct next(String collection, long lsn) {
        total++;
        return new Struct(block)
                .put("id", id(lsn))
                .put("total_order", total)
                .put("data_collection_order", counts.merge(collection, 1L, Long::sum));
    }

    public Struct key(long lsn) {
        return new Struct(key).put("id", id(lsn));
    }

    public Struct begin(long lsn, long commitMicros) {
        return status("BEGIN", lsn, commitMicros);
    }

    public Struct end(long lsn, long commitMicros) {
        List<Struct> each = counts.entrySet().stream()
                .map(count -> new Struct(countOfOne)
                        .put("data_collection", count.getKey())
                        .put("event_count", count.getValue()))
                .toList();
        return status("END", lsn, commitMicros).put("event_count", total).put("data_collections", each);
    }

    private Struct status(String status, long lsn, long commitMicros) {
        return new Struct(value).put("status", status).put("id", id(lsn)).put("ts_ms", commitMicros / 1000);
    }

    /** As Debezium has it: the transaction, a colon and the place of the event itself. */
    private String id(long lsn) {
        return xid + ":" + lsn;
    }
}
