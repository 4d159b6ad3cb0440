package io.millrace.sink;

import io.millrace.sink.destination.LastRecord;
import java.util.Objects;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.sink.SinkRecord;
import org.jspecify.annotations.Nullable;

/** What the ledger keeps of a record, to tell it from another at the same offset of a topic that was created again. */
final class Fingerprint {
    private Fingerprint() {}

    /** @param committed when the source committed the newest change, microseconds since 1970; -1 when unknown */
    static LastRecord of(SinkRecord record, long committed) {
        Long timestamp = record.timestamp();
        return new LastRecord(
                record.originalKafkaOffset(), timestamp == null ? -1 : timestamp, hash(record.key()), committed);
    }

    /** A change of transformations may change keys, so a key only decides where there is no timestamp. */
    static boolean matches(SinkRecord record, LastRecord known) {
        LastRecord now = of(record, -1);
        return known.timestamp() >= 0
                ? now.timestamp() == known.timestamp()
                : known.keyHash() == 0 || now.keyHash() == known.keyHash();
    }

    /** Of the values alone: the schema may be registered anew. */
    private static int hash(@Nullable Object key) {
        if (!(key instanceof Struct struct)) {
            return Objects.hashCode(key);
        }
        int hash = 1;
        for (Field field : struct.schema().fields()) {
            hash = 31 * hash + hash(struct.getWithoutDefault(field.name()));
        }
        return hash;
    }
}
