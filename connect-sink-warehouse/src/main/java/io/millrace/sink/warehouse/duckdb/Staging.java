package io.millrace.sink.warehouse.duckdb;

import io.millrace.sink.destination.Batch;
import io.millrace.sink.destination.RowFields;
import io.millrace.sink.destination.TableId;
import io.millrace.sink.warehouse.duckdb.encode.FieldWriter;
import io.millrace.sink.warehouse.duckdb.encode.Mapping;
import java.io.IOException;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.apache.kafka.connect.errors.ConnectException;
import org.duckdb.DuckDBAppender;
import org.duckdb.DuckDBConnection;

/**
 * Temporary tables of one session, filled by the Appender; no other session sees them, and they are never in the file. A
 * row's {@code rowid} is its place in the batch.
 *
 * @see <a href="https://duckdb.org/docs/stable/clients/java#appender">Appender</a>
 */
final class Staging {
    private static final int LOOK = 1 << 12;

    private final DuckDBConnection connection;
    private final BooleanSupplier stopped;
    private final Map<TableId, String> names = new HashMap<>();
    private final Set<String> filled = new HashSet<>();

    Staging(DuckDBConnection connection, BooleanSupplier stopped) {
        this.connection = connection;
        this.stopped = stopped;
    }

    /** Loads a batch; returns the name of the table that holds it, and nothing else; empty for a batch without rows. */
    String load(Batch batch) throws SQLException {
        if (batch.rows().count() == 0) {
            return "";
        }
        String name = names.computeIfAbsent(batch.table(), table -> "millrace_s" + names.size());
        boolean plain = batch.isPlain();
        StringBuilder columns = new StringBuilder();
        for (int i = 0; i < batch.columns().size(); i++) {
            String form = batch.columns().get(i).encoding().form();
            columns.append(i == 0 ? "" : ", ").append('c').append(i).append(' ').append(Mapping.stagedType(form));
        }
        columns.append(plain ? "" : ", k INTEGER, l INTEGER, m TIMESTAMP WITH TIME ZONE");
        execute("CREATE OR REPLACE TEMPORARY TABLE " + name + " (" + columns + ")");
        filled.add(name);
        try (DuckDBAppender appender = connection.createAppender("temp", "main", name)) {
            append(batch, plain, appender);
        }
        return "temp.main." + name;
    }

    boolean isFilled() {
        return !filled.isEmpty();
    }

    /** The rows are in their tables, or are not wanted any more. */
    void clear() throws SQLException {
        for (String name : filled) {
            execute("DROP TABLE IF EXISTS temp.main." + name);
        }
        filled.clear();
    }

    private void append(Batch batch, boolean plain, DuckDBAppender appender) throws SQLException {
        List<FieldWriter> writers = batch.columns().stream()
                .map(column -> FieldWriter.of(column.encoding().form()))
                .toList();
        Fields fields = new Fields(writers.toArray(FieldWriter[]::new), batch.layouts());
        int[] rows = {0};
        try {
            batch.rows().forEach((kind, layout, bytes, offset, length, micros) -> {
                if ((rows[0]++ & LOOK - 1) == 0 && stopped.getAsBoolean()) {
                    throw new ConnectException("Stopped while rows were being staged");
                }
                try {
                    appender.beginRow();
                    fields.append(appender, layout, bytes, offset);
                    if (!plain) {
                        appender.append(kind).append(layout);
                        if (micros == 0) {
                            appender.appendNull();
                        } else {
                            appender.appendEpochMicros(micros);
                        }
                    }
                    appender.endRow();
                } catch (SQLException e) {
                    throw new Failed(e);
                }
            });
        } catch (Failed e) {
            throw e.reason;
        } catch (IOException e) {
            throw new SQLException(e);
        }
    }

    private void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** Carries an SQLException through the visitor. */
    private static final class Failed extends IOException {
        private static final long serialVersionUID = 1L;
        private final transient SQLException reason;

        Failed(SQLException reason) {
            super(reason);
            this.reason = reason;
        }
    }

    /** Writes the fields of a row in the order of the columns. */
    private static final class Fields {
        private final FieldWriter[] writers;
        private final RowFields fields;

        Fields(FieldWriter[] writers, List<int[]> layouts) {
            this.writers = writers;
            fields = new RowFields(writers.length, layouts);
        }

        void append(DuckDBAppender appender, int layout, byte[] bytes, int offset) throws SQLException {
            fields.read(layout, bytes, offset);
            for (int column = 0; column < writers.length; column++) {
                int length = fields.length(column);
                if (length == RowFields.NULL) {
                    appender.appendNull();
                } else {
                    writers[column].write(appender, fields.buffer(), fields.start(column), length);
                }
            }
        }
    }
}
