package io.millrace.transforms;

import java.util.Date;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.data.Timestamp;
import org.apache.kafka.connect.errors.DataException;
import org.jspecify.annotations.Nullable;

/** The two columns that say whether a row is deleted, and since when (UTC). An empty {@code time} leaves that one out. */
record FlagColumns(String flag, String time) {
    // Optional with a default, so that a reader of older records without the column sees "not deleted".
    private static final Schema FLAG =
            SchemaBuilder.bool().optional().defaultValue(false).build();
    // The propagated source type lets a sink that makes exact types make this one timestamptz.
    private static final Schema TIME = Timestamp.builder()
            .optional()
            .parameter("__debezium.source.column.type", "TIMESTAMPTZ")
            .build();

    boolean hasTime() {
        return !time.isEmpty();
    }

    void addTo(SchemaBuilder row) {
        if (row.field(flag) != null || (hasTime() && row.field(time) != null)) {
            throw new DataException("The row " + row.name() + " has a column named " + flag
                    + (hasTime() ? " or " + time : "") + " of its own: choose other names by " + SoftDelete.FLAG
                    + " and " + SoftDelete.TIME);
        }
        row.field(flag, FLAG);
        if (hasTime()) {
            row.field(time, TIME);
        }
    }

    /** A null time means: not deleted. */
    void put(Struct row, @Nullable Long deletedAt) {
        row.put(flag, deletedAt != null);
        if (hasTime() && deletedAt != null) {
            row.put(time, new Date(deletedAt));
        }
    }
}
