package io.millrace.sink.warehouse.duckdb;

import static io.millrace.sink.warehouse.duckdb.OwnTables.execute;

import io.millrace.sink.destination.Operations;
import io.millrace.sink.destination.TableId;
import io.millrace.sink.destination.UnknownTable;
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
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.errors.RetriableException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Operators' requests, in tables beside the ledger. */
final class TableOperations implements Operations {
    private static final Logger LOG = LoggerFactory.getLogger(TableOperations.class);

    private final OwnTables tables;
    private final OperationsLog log;
    private final String freshness;
    private final UnaryOperator<TableId> written;

    /**
     * @param freshness quoted name of the view that shows freshness, empty for none
     * @param written where the changes of a table are
     */
    TableOperations(Session session, OperationsLog log, String freshness, UnaryOperator<TableId> written) {
        this.freshness = freshness;
        this.tables = new OwnTables(session, log.create());
        this.log = log;
        this.written = written;
    }

    @Override
    public boolean resync(TableId table, String token) {
        Sql.checkTable(table);
        return tables.run("Table " + table + " cannot be emptied to be read again", connection -> {
            execute(connection, "BEGIN TRANSACTION");
            execute(connection, log.know(table));
            boolean fresh = execute(connection, log.resync(table, token)) > 0;
            Optional<LiveTable> live = fresh ? Catalog.find(connection, written.apply(table)) : Optional.empty();
            if (fresh) {
                if (execute(connection, log.restart(table)) == 0) {
                    throw new UnknownTable(table, targets(connection));
                }
                execute(connection, log.forgetCommits(table));
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

    private Set<String> targets(Connection connection) throws SQLException {
        Set<String> targets = new HashSet<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(log.targets())) {
            while (rows.next()) {
                targets.add(rows.getString(1));
            }
        }
        return targets;
    }

    @Override
    public Set<TopicPartition> added(Set<TopicPartition> partitions, boolean accept) {
        return tables.run("The partitions " + partitions + " cannot be noted", connection -> {
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
    public Set<String> incomplete() {
        return tables.run("The topics that are noted cannot be read", connection -> {
            Set<String> topics = new HashSet<>();
            try (Statement statement = connection.createStatement();
                    ResultSet rows = statement.executeQuery(log.incomplete())) {
                while (rows.next()) {
                    topics.add(rows.getString(1));
                }
            }
            return topics;
        });
    }

    @Override
    public void complete(Set<String> topics, int task, int tasks) {
        tables.run("The topics " + topics + " cannot be noted", connection -> {
            execute(connection, "BEGIN TRANSACTION");
            for (String statement : log.complete(topics, task, tasks)) {
                execute(connection, statement);
            }
            return execute(connection, "COMMIT");
        });
    }

    @Override
    public void forget(String topic) {
        tables.run("Topic " + topic + " cannot be forgotten", connection -> execute(connection, log.forget(topic)));
    }

    @Override
    public boolean show(TableId table, Set<TopicPartition> partitions, State state, String reason) {
        return tables.run("The state of table " + table + " cannot be shown", connection -> {
            try (Statement statement = connection.createStatement();
                    ResultSet rows = statement.executeQuery(log.known(table))) {
                if (!rows.next()) {
                    return false;
                }
            }
            execute(connection, log.know(table));
            String word = state == State.ACTIVE ? null : state.name().toLowerCase(Locale.ROOT);
            execute(connection, log.show(table, word, reason));
            return true;
        });
    }

    /** Makes the view when it is missing. Nothing depends on it, so a name that is taken is no reason to stop. */
    void showFreshness() {
        if (freshness.isEmpty()) {
            return;
        }
        try {
            tables.run(
                    "The view " + freshness + " cannot be made",
                    connection -> execute(connection, log.commits().freshness(freshness, log.tables())));
        } catch (RetriableException e) {
            throw e;
        } catch (ConnectException e) {
            LOG.info("{} ({})", e.getMessage(), DuckDbWarehouse.FRESHNESS_VIEW);
        }
    }

    /** The one task has claimed its partitions again. */
    void forgetStates() {
        tables.run("The states of tables cannot be shown", connection -> execute(connection, log.forgetStates()));
    }
}
