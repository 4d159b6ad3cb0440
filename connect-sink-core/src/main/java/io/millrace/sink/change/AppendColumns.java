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
                SourceColumn.of(operation, tagged(SchemaBuilder.string(), "TEXT")),
                SourceColumn.of(lsn, tagged(SchemaBuilder.int64().optional(), "INT8")),
                SourceColumn.of(time, TIMESTAMP),
                SourceColumn.of(
                        unchanged,
                        tagged(SchemaBuilder.array(Schema.STRING_SCHEMA).optional(), "_TEXT")));
    }

    /** Microseconds since 1970 that mean an instant. */
    private static final Schema TIMESTAMP =
            tagged(SchemaBuilder.int64().name("io.debezium.time.MicroTimestamp"), "TIMESTAMPTZ");

    private static Schema tagged(SchemaBuilder builder, String type) {
        return builder.parameter(SourceType.TYPE, type).build();
    }
}
