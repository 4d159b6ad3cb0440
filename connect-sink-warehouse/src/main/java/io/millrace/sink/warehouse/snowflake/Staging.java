package io.millrace.sink.warehouse.snowflake;

import io.millrace.sink.destination.Batch;
import io.millrace.sink.warehouse.snowflake.encode.Mapping;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/**
 * Temporary tables of one session, which no other session sees and which end with it. They are made before the
 * transaction that reads them, since DDL would commit it. Columns are c0, c1, ... in the order of the batch's, and behind
 * them {@code n} (the row's place in the batch) and, unless all rows are whole ones of one layout, {@code k} (bits of
 * {@link io.millrace.sink.destination.Row}), {@code l} (layout) and {@code m} (time of the delete, microseconds since 1970).
 *
 * @see <a href="https://docs.snowflake.com/en/user-guide/tables-temp-transient">Temporary tables</a>
 */
final class Staging {
    private final Connection connection;
    private final Place place;
    private final Loader loader;
    private final Set<String> filled = new HashSet<>();
    private final LongSupplier numbers;

    /**
     * A column of a staging table.
     *
     * @param type BIGINT, BOOLEAN or VARCHAR
     */
    record Column(String name, String type) {}

    /** Brings the rows of a batch into a table that is empty. */
    interface Loader {
        void load(String table, List<Column> columns, Batch batch) throws SQLException, IOException;
    }

    /**
     * @param numbers for the tables' names, none of them twice in a task: a table of a session that has ended must not be
     *     taken for one of the next
     */
    Staging(Connection connection, SnowflakeSettings settings, BooleanSupplier stopped, LongSupplier numbers) {
        this.connection = connection;
        this.numbers = numbers;
        place = settings.place();
        loader = settings.avro()
                ? new FileLoader(connection, settings.stage(), stopped)
                : new BindLoader(connection, stopped);
    }

    /** Loads a batch; returns the table's name as a statement has it, empty for a batch without rows. */
    String load(Batch batch) throws SQLException {
        if (batch.rows().count() == 0) {
            return "";
        }
        String table = place.inSchema(place.name(place.schema()), place.name("millrace_stage_" + numbers.getAsLong()));
        List<Column> columns = columns(batch);
        filled.add(table);
        Statements.execute(
                connection,
                "CREATE OR REPLACE TEMPORARY TABLE " + table + " ("
                        + columns.stream()
                                .map(column -> column.name() + " " + column.type())
                                .collect(Collectors.joining(", "))
                        + ")");
        try {
            loader.load(table, columns, batch);
        } catch (IOException e) {
            throw new SQLException("A file with rows of table " + batch.table() + " cannot be written: " + e, e);
        }
        return table;
    }

    /** Whether a batch that was loaded is still there: a new session has none. */
    boolean holds(String table) {
        return table.isEmpty() || filled.contains(table);
    }

    /** The rows are in their tables, or are not wanted any more. */
    void clear() throws SQLException {
        for (String table : List.copyOf(filled)) {
            Statements.execute(connection, "DROP TABLE IF EXISTS " + table);
            filled.remove(table);
        }
    }

    static List<Column> columns(Batch batch) {
        List<Column> columns = new ArrayList<>();
        for (int i = 0; i < batch.columns().size(); i++) {
            columns.add(new Column(
                    "c" + i, Mapping.staged(batch.columns().get(i).encoding().form())));
        }
        columns.add(new Column("n", "BIGINT"));
        if (!batch.isPlain()) {
            List.of("k", "l", "m").forEach(name -> columns.add(new Column(name, "BIGINT")));
        }
        return columns;
    }
}
