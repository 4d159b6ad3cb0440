package io.millrace.sink;

import io.millrace.sink.change.Change;
import io.millrace.sink.change.Operation;
import io.millrace.sink.destination.Destination;
import java.util.HashSet;
import java.util.Set;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.errors.DataException;

/**
 * Refuses, in upsert mode, changes whose order nothing guarantees: Kafka orders the records of a partition, so all changes
 * of a target row have to travel through one.
 */
final class Ordering {
    private final SinkSettings settings;
    private final Partitions partitions;
    private final Destination destination;
    private final Runnable settle;
    private final Set<String> single = new HashSet<>();

    /** {@code settle} waits until the destination is not in use. */
    Ordering(SinkSettings settings, Partitions partitions, Destination destination, Runnable settle) {
        this.settings = settings;
        this.partitions = partitions;
        this.destination = destination;
        this.settle = settle;
    }

    /** What was known of the topics' partitions may have changed. */
    void forget() {
        single.clear();
    }

    /**
     * Whether the change is to be applied; not for a truncate that is to be ignored.
     *
     * @throws DataException for a record without the key that it needs
     * @throws ConnectException for a table whose changes have no order
     */
    boolean admits(Change change, String topic) {
        if (change.operation() == Operation.TRUNCATE) {
            return admitsTruncate(change, topic);
        }
        if (change.schema().key().length == 0) {
            throw new DataException("Table " + change.table()
                    + " has no key: its records come without one. Use insert.mode=append, give the source table a primary key,"
                    + " or name key columns with primary.key.mode=record_value and primary.key.fields");
        }
        if (!change.schema().messageKeyInside()) {
            checkSingle(topic, "table " + change.table() + ", whose key does not hold the message's whole key,");
        }
        return true;
    }

    private boolean admitsTruncate(Change change, String topic) {
        if (settings.truncate() == SinkSettings.TruncateMode.FAIL) {
            throw new ConnectException(
                    "Table " + change.table() + " was truncated in the source; truncate.mode=fail stops here");
        }
        if (settings.truncate() == SinkSettings.TruncateMode.IGNORE) {
            return false;
        }
        // Another task may have read another partition since the last time.
        single.remove(topic);
        checkSingle(topic, "a truncate of table " + change.table());
        return true;
    }

    private void checkSingle(String topic, String what) {
        if (single.contains(topic)) {
            return;
        }
        boolean several = partitions.hasSeveral(topic);
        if (!several) {
            settle.run();
            several = destination.partitions(topic).stream().anyMatch(partition -> partition.partition() > 0);
        }
        if (several) {
            throw new ConnectException("Topic " + topic + " has several partitions, and nothing orders " + what
                    + " across them; use a topic with one partition, or a target key that holds the message's key");
        }
        single.add(topic);
    }
}
