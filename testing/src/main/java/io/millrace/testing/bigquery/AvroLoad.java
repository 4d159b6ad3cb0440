package io.millrace.testing.bigquery;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.file.DataFileStream;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.duckdb.DuckDBAppender;
import org.duckdb.DuckDBConnection;
import org.jspecify.annotations.Nullable;

/** Makes a table of an Avro file, in the types that BigQuery gives it. */
final class AvroLoad {
    private AvroLoad() {}

    static void run(DuckDBConnection connection, Metadata metadata, String dataset, String table, byte[] file)
            throws IOException, SQLException {
        try (DataFileStream<GenericRecord> rows =
                new DataFileStream<>(new ByteArrayInputStream(file), new GenericDatumReader<>())) {
            List<String> columns = new ArrayList<>();
            for (Schema.Field field : rows.getSchema().getFields()) {
                columns.add("`" + field.name() + "` " + type(field.schema()));
            }
            String create = "CREATE TABLE `p`.`" + dataset + "`.`" + table + "` (" + String.join(", ", columns) + ")";
            List<Token> tokens = Token.of(create);
            String name = DuckSql.name(dataset) + "." + DuckSql.table(table);
            try (Statement statement = connection.createStatement()) {
                statement.execute("DROP TABLE IF EXISTS " + name);
                metadata.remove(dataset, table);
                statement.execute(DuckSql.of(tokens, 0));
                metadata.see(tokens);
            }
            String unquoted = DuckSql.table(table);
            append(connection, dataset, unquoted.substring(1, unquoted.length() - 1), rows);
        }
    }

    private static void append(DuckDBConnection connection, String dataset, String table, Iterable<GenericRecord> rows)
            throws SQLException {
        try (DuckDBAppender appender = connection.createAppender(dataset, table)) {
            for (GenericRecord row : rows) {
                appender.beginRow();
                for (Schema.Field field : row.getSchema().getFields()) {
                    append(appender, row.get(field.pos()));
                }
                appender.endRow();
            }
        }
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
        } else if (value instanceof ByteBuffer bytes) {
            byte[] copy = new byte[bytes.remaining()];
            bytes.get(copy);
            appender.append(copy);
        } else {
            appender.append(value.toString());
        }
    }

    private static String type(Schema union) {
        return switch (union.getTypes().get(1).getType()) {
            case LONG -> "INT64";
            case DOUBLE -> "FLOAT64";
            case BOOLEAN -> "BOOL";
            case STRING -> "STRING";
            case BYTES -> "BYTES";
            default -> throw new IllegalArgumentException("No column for " + union);
        };
    }
}
