package io.millrace.source.record;

import io.debezium.connector.postgresql.PostgresSourceInfoStructMaker;
import io.debezium.schema.SchemaFactory;
import io.millrace.core.Version;
import io.millrace.source.catalog.TableId;
import java.util.Objects;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.jspecify.annotations.Nullable;

/**
 * Debezium's {@code source} block. One for each connector: the schema and its fields are resolved once.
 *
 * @see PostgresSourceInfoStructMaker
 */
public final class SourceBlock {
    private static final String CONNECTOR = "postgresql";

    private final Schema schema = SchemaFactory.get()
            .sourceInfoSchemaBuilder()
            .name("io.debezium.connector.postgresql.Source")
            .field("schema", Schema.STRING_SCHEMA)
            .field("table", Schema.STRING_SCHEMA)
            .field("txId", Schema.OPTIONAL_INT64_SCHEMA)
            .field("lsn", Schema.OPTIONAL_INT64_SCHEMA)
            .field("xmin", Schema.OPTIONAL_INT64_SCHEMA)
            .field("origin", Schema.OPTIONAL_STRING_SCHEMA)
            .field("origin_lsn", Schema.OPTIONAL_INT64_SCHEMA)
            .build();
    private final Field version = field("version");
    private final Field connector = field("connector");
    private final Field name = field("name");
    private final Field tsMs = field("ts_ms");
    private final Field tsUs = field("ts_us");
    private final Field tsNs = field("ts_ns");
    private final Field snapshot = field("snapshot");
    private final Field db = field("db");
    private final Field sequence = field("sequence");
    private final Field schemaName = field("schema");
    private final Field table = field("table");
    private final Field txId = field("txId");
    private final Field lsn = field("lsn");
    private final String topicPrefix;
    private final String database;

    public SourceBlock(String topicPrefix, String database) {
        this.topicPrefix = topicPrefix;
        this.database = database;
    }

    public Schema schema() {
        return schema;
    }

    /** A row of the initial copy. One block may serve all rows of a chunk. */
    public Struct snapshot(TableId id, long snapshotLsn, long micros) {
        return copied(id, "true", snapshotLsn, micros);
    }

    /** A row that was copied while the stream ran, at a point of it. */
    public Struct incremental(TableId id, long pointLsn, long micros) {
        return copied(id, "incremental", pointLsn, micros);
    }

    private Struct copied(TableId id, String how, long snapshotLsn, long micros) {
        return common(id, micros)
                .put(snapshot, how)
                .put(sequence, sequence(null, snapshotLsn))
                .put(lsn, snapshotLsn);
    }

    /**
     * An event of the stream.
     *
     * @param previousCommit the JSON text of the last whole transaction's end, quoted, or null
     */
    public Struct event(TableId id, long eventLsn, long xid, long commitMicros, @Nullable String previousCommit) {
        return common(id, commitMicros)
                .put(snapshot, "false")
                .put(sequence, sequence(previousCommit, eventLsn))
                .put(txId, xid)
                .put(lsn, eventLsn);
    }

    /** A logical message. {@code xid} is null outside a transaction, and {@code micros} the time at which it was read. */
    public Struct message(long messageLsn, @Nullable Long xid, long micros, @Nullable String previousCommit) {
        return common(LogicalMessages.NO_TABLE, micros)
                .put(snapshot, "false")
                .put(sequence, sequence(previousCommit, messageLsn))
                .put(txId, xid)
                .put(lsn, messageLsn);
    }

    private Struct common(TableId id, long micros) {
        return new WholeStruct(schema)
                .put(version, Version.version())
                .put(connector, CONNECTOR)
                .put(name, topicPrefix)
                .put(tsMs, micros / 1000)
                .put(tsUs, micros)
                .put(tsNs, micros * 1000)
                .put(db, database)
                .put(schemaName, id.schema())
                .put(table, id.name());
    }

    private static String sequence(@Nullable String previousCommit, long lsn) {
        return previousCommit == null ? "[null,\"" + lsn + "\"]" : "[" + previousCommit + ",\"" + lsn + "\"]";
    }

    private Field field(String name) {
        return Objects.requireNonNull(schema.field(name));
    }
}
