package io.millrace.sink.change;

import io.millrace.sink.destination.SourceColumn;
import io.millrace.sink.destination.SourceType;
import java.util.List;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;

/**
 * The columns that append mode puts behind those of the source: Debezium's code of the operation, the log position, the
 * time of the commit, and the names of columns whose values the source did not send because they had not changed.
 */
public record AppendColumns(String operation, String lsn, String time, String unchanged) {
    static final int OPERATION = 0;
    static final int LSN = 1;
    static final int TIME = 2;
    static final int UNCHANGED = 3;

    List<SourceColumn> columns() {
        return List.of(
                SourceColumn.of(operation, Schema.STRING_SCHEMA),
                SourceColumn.of(lsn, Schema.OPTIONAL_INT64_SCHEMA),
                SourceColumn.of(time, TIMESTAMP),
                SourceColumn.of(
                        unchanged,
                        SchemaBuilder.array(Schema.STRING_SCHEMA).optional().build()));
    }

    /** Microseconds since 1970 that mean an instant. */
    public static final Schema TIMESTAMP = SchemaBuilder.int64()
            .name("io.debezium.time.MicroTimestamp")
            .parameter(SourceType.TYPE, "TIMESTAMPTZ")
            .build();
}
