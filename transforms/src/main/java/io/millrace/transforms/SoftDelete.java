package io.millrace.transforms;

import io.millrace.core.Version;
import java.util.Map;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.connect.components.Versioned;
import org.apache.kafka.connect.connector.ConnectRecord;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.transforms.Transformation;
import org.jspecify.annotations.Nullable;

/**
 * Turns deletes into rows that carry a flag and the time of the delete, so that any sink that upserts keeps deleted rows.
 * All other rows get the flag as false and no time, which also clears the flag when a key is inserted again.
 *
 * <p>Envelopes stay envelopes: op {@code d} becomes {@code u} with the old values in after. Flat rows are deletes when
 * their {@code __deleted} field (ExtractNewRecordState, rewrite) says so, or when they are null and {@code
 * tombstone.handling=delete}. Old values come from {@code before} where the replica identity has them; otherwise only the
 * columns of the key are set. Since NULL must then be allowed, columns outside the key are optional in the schema of
 * <em>every</em> row of such a table, one schema for all, except under {@code replica.identity=full}.
 *
 * <p>A tombstone behind a delete is dropped. Heartbeats, progress and other records that are no rows pass untouched.
 */
public final class SoftDelete<R extends ConnectRecord<R>> implements Transformation<R>, Versioned {
    static final String FLAG = "soft.delete.column";
    static final String TIME = "deleted.at.column";
    static final String REPLICA_IDENTITY = "replica.identity";
    static final String TOMBSTONES = "tombstone.handling";

    static final ConfigDef CONFIG = SoftDeleteConfig.definition();

    private @Nullable FlaggedRows<R> rows;
    private boolean tombstoneIsDelete;

    @Override
    public String version() {
        return Version.version();
    }

    @Override
    public ConfigDef config() {
        return CONFIG;
    }

    @Override
    public void configure(Map<String, ?> configs) {
        AbstractConfig config = new AbstractConfig(CONFIG, configs, false);
        rows = new FlaggedRows<>(
                new FlagColumns(
                        config.getString(FLAG).trim(), config.getString(TIME).trim()),
                ReplicaIdentity.parse(config.getString(REPLICA_IDENTITY)));
        tombstoneIsDelete = config.getString(TOMBSTONES).equals("delete");
    }

    @Override
    public @Nullable R apply(R record) {
        if (rows == null) {
            throw new IllegalStateException("configure() comes first");
        }
        return switch (Shape.of(record)) {
            case OTHER -> record;
            case TOMBSTONE -> tombstoneIsDelete ? rows.ofTombstone(record) : null;
            case ENVELOPE -> record.value() instanceof Struct ? rows.ofEnvelope(record) : rows.ofEnvelopeMap(record);
            case ROW -> record.value() instanceof Struct ? rows.ofRow(record) : rows.ofRowMap(record);
        };
    }

    @Override
    public void close() {}
}
