package io.millrace.sink.pg;

import io.millrace.core.TableIndex;
import io.millrace.sink.destination.SourceColumn;
import io.millrace.sink.destination.TableId;
import io.millrace.sink.destination.TableShape;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The source's indexes on a new table. Unique ones become plain ones: keys arrive in another order than the source
 * changed them, through several tasks even, and rows that are flagged as deleted keep their values. No index gets a
 * name, so Postgres finds one that is short enough and free.
 */
final class Indexes {
    private static final Logger LOG = LoggerFactory.getLogger(Indexes.class);
    private static final Set<String> METHODS = Set.of("btree", "hash", "gin", "gist", "spgist", "brin");
    private static final String BTREE = "btree";

    private final TableId table;
    private final Map<String, String> statements = new LinkedHashMap<>();

    private Indexes(TableId table) {
        this.table = table;
    }

    static Indexes none(TableId table) {
        return new Indexes(table);
    }

    /** Those of the source that the table's columns and key leave something to do for; the others are logged. */
    static Indexes of(TableShape wanted) {
        Indexes indexes = new Indexes(wanted.table());
        Set<String> columns = wanted.columns().stream().map(SourceColumn::name).collect(Collectors.toSet());
        for (TableIndex index : wanted.indexes()) {
            List<String> missing = Stream.concat(
                            index.columns().stream().map(TableIndex.Column::name), index.included().stream())
                    .filter(column -> !columns.contains(column))
                    .toList();
            if (!missing.isEmpty()) {
                indexes.leaveOut(index.name(), "the table does not get its columns " + Sql.names(missing));
            } else if (!METHODS.contains(index.method())) {
                indexes.leaveOut(index.name(), "the access method " + index.method() + " is not known");
            } else if (!isKey(index, wanted.key())) {
                indexes.statements.put(index.name(), sql(wanted.table(), index));
            }
        }
        return indexes;
    }

    /** Whether the primary key's own index does the same. */
    private static boolean isKey(TableIndex index, List<String> key) {
        List<TableIndex.Column> plain = key.stream()
                .map(name -> new TableIndex.Column(name, false, false, ""))
                .toList();
        return index.method().equals(BTREE)
                && index.columns().equals(plain)
                && index.included().isEmpty();
    }

    private static String sql(TableId table, TableIndex index) {
        String columns = index.columns().stream()
                .map(column -> column(column, index.method().equals(BTREE)))
                .collect(Collectors.joining(", "));
        return "CREATE INDEX ON " + Sql.table(table) + " USING " + index.method() + " (" + columns + ")"
                + (index.included().isEmpty() ? "" : " INCLUDE (" + Sql.names(index.included()) + ")");
    }

    private static String column(TableIndex.Column column, boolean ordered) {
        StringBuilder sql = new StringBuilder(Sql.name(column.name()));
        if (!column.opclass().isEmpty()) {
            sql.append(' ').append(Sql.name(column.opclass()));
        }
        if (ordered && column.descending()) {
            sql.append(" DESC");
        }
        // Otherwise it is what the order implies.
        if (ordered && column.descending() != column.nullsFirst()) {
            sql.append(column.nullsFirst() ? " NULLS FIRST" : " NULLS LAST");
        }
        return sql.toString();
    }

    List<String> statements() {
        return List.copyOf(statements.values());
    }

    /**
     * Makes the table and its indexes at once, so that a table that is there has them, also when several tasks make it
     * or one is stopped on the way. An index that fails is left out.
     *
     * @param table makes the table unless it is there
     * @return the statements that did something; none when the table was made meanwhile
     */
    List<String> create(Connection connection, String table) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("BEGIN");
            try {
                List<String> done = createAll(statement, table);
                statement.execute("COMMIT");
                return done;
            } catch (SQLException e) {
                rollback(statement, e);
                if (Ddl.isMadeMeanwhile(e)) {
                    return List.of();
                }
                throw e;
            }
        }
    }

    private List<String> createAll(Statement statement, String table) throws SQLException {
        statement.execute(table);
        if (statement.getWarnings() != null && Ddl.isMadeMeanwhile(statement.getWarnings())) {
            return List.of();
        }
        List<String> done = new ArrayList<>();
        done.add(table);
        for (Map.Entry<String, String> index : statements.entrySet()) {
            if (index(statement, index.getKey(), index.getValue())) {
                done.add(index.getValue());
            }
        }
        return done;
    }

    private static void rollback(Statement statement, SQLException because) {
        try {
            statement.execute("ROLLBACK");
        } catch (SQLException e) {
            because.addSuppressed(e);
        }
    }

    private boolean index(Statement statement, String name, String sql) throws SQLException {
        statement.execute("SAVEPOINT millrace_index");
        try {
            statement.execute(sql);
            return true;
        } catch (SQLException e) {
            if (SqlErrors.isConnection(e)) {
                throw e;
            }
            statement.execute("ROLLBACK TO SAVEPOINT millrace_index");
            // There is no row that the message could show.
            leaveOut(name, String.valueOf(e.getMessage()));
            return false;
        }
    }

    private void leaveOut(String index, String why) {
        LOG.warn("Table {}: index {} of the source is left out: {}", table, index, why);
    }
}
