package io.millrace.source.record;

import java.time.Instant;
import java.util.Objects;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.jspecify.annotations.Nullable;

/** Debezium's envelope around row versions of one table. Fields are resolved once. Immutable. */
public final class EnvelopeWriter {
    /** Codes of {@link io.debezium.data.Envelope.Operation}. */
    public static final String READ = "r";

    public static final String CREATE = "c";
    public static final String UPDATE = "u";
    public static final String DELETE = "d";
    public static final String TRUNCATE = "t";

    private final Schema schema;
    private final Field before;
    private final Field after;
    private final Field source;
    private final Field transaction;
    private final Field op;
    private final Field tsMs;
    private final Field tsUs;
    private final Field tsNs;

    EnvelopeWriter(Schema schema) {
        this.schema = schema;
        this.before = field("before");
        this.after = field("after");
        this.source = field("source");
        this.transaction = field("transaction");
        this.op = field("op");
        this.tsMs = field("ts_ms");
        this.tsUs = field("ts_us");
        this.tsNs = field("ts_ns");
    }

    public Schema schema() {
        return schema;
    }

    /** One event, stamped with the clock. */
    public Struct write(String operation, @Nullable Struct oldRow, @Nullable Struct newRow, Struct sourceBlock) {
        Instant now = Instant.now();
        long seconds = now.getEpochSecond();
        int nanos = now.getNano();
        Struct envelope = new Struct(schema)
                .put(source, sourceBlock)
                .put(op, operation)
                .put(tsMs, seconds * 1000 + nanos / 1_000_000)
                .put(tsUs, seconds * 1_000_000 + nanos / 1000)
                .put(tsNs, seconds * 1_000_000_000 + nanos);
        if (oldRow != null) {
            envelope.put(before, oldRow);
        }
        if (newRow != null) {
            envelope.put(after, newRow);
        }
        return envelope;
    }

    /** Adds where the event stands in its transaction. */
    public Struct within(Struct envelope, Struct transactionBlock) {
        return envelope.put(transaction, transactionBlock);
    }

    private Field field(String name) {
        return Objects.requireNonNull(schema.field(name));
    }
}
