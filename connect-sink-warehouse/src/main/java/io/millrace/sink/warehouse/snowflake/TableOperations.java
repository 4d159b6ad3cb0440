package io.millrace.sink.warehouse.snowflake;

import io.millrace.sink.destination.Operations;
import io.millrace.sink.destination.TableId;
import io.millrace.sink.destination.UnknownTable;
import java.util.HashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.apache.kafka.common.TopicPartition;

/** Operators' requests, in tables beside the ledger. */
final class TableOperations implements Operations {
    private final OwnTables tables;
    private final Place place;
    private final OperationsLog log;
    private final UnaryOperator<TableId> written;

    /** {@code written}: where the changes of a table are. */
    TableOperations(OwnTables tables, Place place, OperationsLog log, UnaryOperator<TableId> written) {
        this.tables = tables;
        this.place = place;
        this.log = log;
        this.written = written;
    }

    @Override
    public boolean resync(TableId table, String token) {
        Place.checkTable(table);
        String target = place.sql(written.apply(table));
        return tables.run("Table " + table + " cannot be emptied to be read again", connection -> {
            Optional<LiveTable> live = Catalog.find(connection, target);
            Statements.execute(connection, "BEGIN");
            Statements.execute(connection, log.ledger().guard());
            Statements.execute(connection, log.know(table));
            boolean fresh = Statements.execute(connection, log.resync(table, token)) > 0;
            if (fresh && Statements.execute(connection, log.restart(table)) == 0) {
                throw new UnknownTable(table, Statements.query(connection, log.targets(), row -> row.getString(1)));
            }
            if (fresh && live.isPresent()) {
                Statements.execute(connection, "DELETE FROM " + target);
            }
            Statements.execute(connection, "COMMIT");
            return fresh;
        });
    }

    @Override
    public Set<TopicPartition> added(Set<TopicPartition> partitions, boolean accept) {
        if (partitions.isEmpty()) {
            return Set.of();
        }
        return tables.transact("The partitions " + partitions + " cannot be noted", connection -> {
            Statements.execute(connection, log.ledger().guard());
            Statements.execute(connection, log.know(partitions));
            if (accept) {
                Statements.execute(connection, log.accept(partitions));
            }
            return new HashSet<>(Statements.query(
                    connection, log.added(partitions), row -> new TopicPartition(row.getString(1), row.getInt(2))));
        });
    }

    @Override
    public Set<String> incomplete() {
        return new HashSet<>(tables.run(
                "The topics that are noted cannot be read",
                connection -> Statements.query(connection, log.incomplete(), row -> row.getString(1))));
    }

    @Override
    public void complete(Set<String> topics, int task, int tasks) {
        if (topics.isEmpty()) {
            return;
        }
        tables.transact("The topics " + topics + " cannot be noted", connection -> {
            Statements.execute(connection, log.ledger().guard());
            for (String statement : log.complete(topics, task, tasks)) {
                Statements.execute(connection, statement);
            }
            return true;
        });
    }

    @Override
    public void forget(String topic) {
        tables.run(
                "Topic " + topic + " cannot be forgotten",
                connection -> Statements.execute(connection, log.forget(topic)));
    }

    @Override
    public boolean show(TableId table, Set<TopicPartition> partitions, State state, String reason) {
        return tables.run("The state of table " + table + " cannot be shown", connection -> {
            if (Statements.query(connection, log.known(table), row -> row.getString(1))
                    .isEmpty()) {
                return false;
            }
            Statements.execute(connection, log.know(table));
            Statements.execute(connection, log.show(table, state.name().toLowerCase(Locale.ROOT), reason));
            return true;
        });
    }

    /** The one task has claimed its partitions again. */
    void forgetStates() {
        tables.run(
                "The states of tables cannot be shown",
                connection -> Statements.execute(connection, log.forgetStates()));
    }
}
