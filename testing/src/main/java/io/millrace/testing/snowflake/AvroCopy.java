package io.millrace.testing.snowflake;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import org.apache.avro.file.DataFileReader;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.duckdb.DuckDBAppender;
import org.duckdb.DuckDBConnection;
import org.jspecify.annotations.Nullable;

/** Copies the rows of an Avro file, with the fields that are asked for, into a table. */
final class AvroCopy {
    private AvroCopy() {}

    static long run(DuckDBConnection connection, List<String> table, List<String> fields, Path file)
            throws IOException, SQLException {
        long count = 0;
        try (DataFileReader<GenericRecord> rows = new DataFileReader<>(file.toFile(), new GenericDatumReader<>());
                DuckDBAppender appender = connection.createAppender(table.get(0), table.get(1), table.get(2))) {
            for (GenericRecord row : rows) {
                appender.beginRow();
                for (String field : fields) {
                    append(appender, row.get(field));
                }
                appender.endRow();
                count++;
            }
        }
        return count;
    }

    private static void append(DuckDBAppender appender, @Nullable Object value) throws SQLException {
        if (value == null) {
            appender.appendNull();
        } else if (value instanceof Long number) {
            appender.append(number.longValue());
        } else if (value instanceof Double number) {
            appender.append(number.doubleValue());
        } else if (value instanceof Boolean truth) {
            appender.append(truth.booleanValue());
        } else if (value instanceof ByteBuffer) {
            throw new IllegalArgumentException("A VARIANT has no bytes");
        } else {
            appender.append(value.toString());
        }
    }
}
