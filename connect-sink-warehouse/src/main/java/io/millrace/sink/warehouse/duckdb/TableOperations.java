package io.millrace.sink.warehouse.duckdb;

import io.millrace.sink.destination.Operations;
import io.millrace.sink.destination.TableId;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.apache.kafka.common.TopicPartition;

/** Operators' requests, in tables beside the ledger. */
final class TableOperations implements Operations {
    private final Session session;
    private final OperationsLog log;
    private final UnaryOperator<TableId> written;

    /** {@code written}: where the changes of a table are. */
    TableOperations(Session session, OperationsLog log, UnaryOperator<TableId> written) {
        this.session = session;
        this.log = log;
        this.written = written;
    }

    @Override
    public boolean resync(TableId table, String token) {
        Sql.checkTable(table);
        return run("Table " + table + " cannot be emptied to be read again", connection -> {
            execute(connection, "BEGIN TRANSACTION");
            execute(connection, log.know(table));
            boolean fresh = execute(connection, log.resync(table, token)) > 0;
            Optional<LiveTable> live = fresh ? Catalog.find(connection, written.apply(table)) : Optional.empty();
            if (fresh) {
                execute(connection, log.restart(table));
            }
            if (live.isPresent()) {
                execute(
                        connection,
                        "DELETE FROM " + Sql.table(live.orElseThrow().catalog(), written.apply(table)));
            }
            execute(connection, "COMMIT");
            return fresh;
        });
    }

    @Override
    public Set<TopicPartition> added(Set<TopicPartition> partitions, boolean accept) {
        return run("The partitions " + partitions + " cannot be noted", connection -> {
            execute(connection, log.know(partitions));
            if (accept) {
                execute(connection, log.accept(partitions));
            }
            Set<TopicPartition> added = new HashSet<>();
            try (Statement statement = connection.createStatement();
                    ResultSet rows = statement.executeQuery(log.added(partitions))) {
                while (rows.next()) {
                    added.add(new TopicPartition(rows.getString(1), rows.getInt(2)));
                }
            }
            return added;
        });
    }

    @Override
    public boolean show(TableId table, Set<TopicPartition> partitions, State state, String reason) {
        return run("The state of table " + table + " cannot be shown", connection -> {
            try (Statement statement = connection.createStatement();
                    ResultSet rows = statement.executeQuery(log.known(table))) {
                if (!rows.next()) {
                    return false;
                }
            }
            execute(connection, log.know(table));
            execute(connection, log.show(table, state.name().toLowerCase(Locale.ROOT), reason));
            return true;
        });
    }

    /** The one task has claimed its partitions again. */
    void forgetStates() {
        run("The states of tables cannot be shown", connection -> execute(connection, log.forgetStates()));
    }

    private interface Work<T> {
        T run(Connection connection) throws SQLException;
    }

    private <T> T run(String doing, Work<T> work) {
        try {
            return session.run(open -> {
                for (String statement : log.create()) {
                    execute(open.connection(), statement);
                }
                return work.run(open.connection());
            });
        } catch (SQLException e) {
            throw SqlErrors.translate(doing, e);
        }
    }

    private static long execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
            return Math.max(0, statement.getLargeUpdateCount());
        }
    }
}
