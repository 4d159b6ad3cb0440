package io.millrace.transforms;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.jspecify.annotations.Nullable;

/** A row's schema with the flag columns behind its own, and how to fill it. Made once per schema. */
final class FlaggedRow {
    /** The column that ExtractNewRecordState adds with delete.tombstone.handling.mode=rewrite; ours take its place. */
    static final String DELETED = "__deleted";

    private final FlagColumns flags;
    private final ReplicaIdentity identity;
    private final Set<String> key;
    private final Schema schema;
    private final List<Field> columns;

    FlaggedRow(Schema row, Set<String> key, FlagColumns flags, ReplicaIdentity identity) {
        this.flags = flags;
        this.identity = identity;
        this.key = key;
        this.columns = new ArrayList<>();
        SchemaBuilder builder = Rebuild.struct(row);
        for (Field field : row.fields()) {
            if (!field.name().equals(DELETED)) {
                boolean keep = identity == ReplicaIdentity.FULL || key.isEmpty() || KeyOnly.isKept(field.name(), key);
                builder.field(field.name(), keep ? field.schema() : Rebuild.optional(field.schema()));
            }
        }
        columns.addAll(builder.fields());
        flags.addTo(builder);
        this.schema = builder.build();
    }

    Schema schema() {
        return schema;
    }

    /** A row that exists: all its values, the flag false, no time. */
    Struct live(Struct row) {
        return fill(row, false, null);
    }

    /** A deleted row: the last values where {@code before} has them, else the key. */
    Struct deleted(Struct before, long at) {
        boolean keyOnly = !key.isEmpty()
                && switch (identity) {
                    case FULL -> false;
                    case DEFAULT -> true;
                    case AUTO -> KeyOnly.test(before, key);
                };
        return fill(before, keyOnly, at);
    }

    private Struct fill(Struct row, boolean keyOnly, @Nullable Long deletedAt) {
        Struct filled = new Struct(schema);
        for (Field column : columns) {
            Field from = row.schema().field(column.name());
            if (from != null && (!keyOnly || KeyOnly.isKept(column.name(), key))) {
                filled.put(column, row.getWithoutDefault(column.name()));
            }
        }
        flags.put(filled, deletedAt);
        return filled;
    }
}
