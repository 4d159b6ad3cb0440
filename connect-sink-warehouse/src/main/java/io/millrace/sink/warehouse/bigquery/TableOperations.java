package io.millrace.sink.warehouse.bigquery;

import com.google.cloud.bigquery.FieldValueList;
import io.millrace.sink.destination.Operations;
import io.millrace.sink.destination.TableId;
import io.millrace.sink.destination.UnknownTable;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.apache.kafka.common.TopicPartition;

/** Operators' requests, in tables beside the ledger. */
final class TableOperations implements Operations {
    private final Jobs jobs;
    private final Place place;
    private final LedgerTables ledger;
    private final OperationsLog log;
    private final UnaryOperator<TableId> written;
    private boolean ready;

    /** {@code written}: where the changes of a table are. */
    TableOperations(Jobs jobs, Place place, LedgerTables ledger, OperationsLog log, UnaryOperator<TableId> written) {
        this.jobs = jobs;
        this.place = place;
        this.ledger = ledger;
        this.log = log;
        this.written = written;
    }

    @Override
    public boolean resync(TableId table, String token) {
        Names.checkTable(table);
        return run("Table " + table + " cannot be emptied to be read again", () -> {
            TableId emptied = written.apply(table);
            List<String> statements = new ArrayList<>(List.of(TableApply.BEGIN, log.know(table)));
            statements.addAll(log.resync(table, token));
            statements.add(log.mustBeKnown(table));
            // The table of its positions is there only then.
            if (ledger.knows(table)) {
                statements.addAll(ledger.statements().restart(table));
            }
            if (Catalog.find(jobs.client(), place.api(emptied)).isPresent()) {
                statements.add("DELETE FROM " + place.sql(emptied) + " WHERE TRUE");
            }
            statements.add(TableApply.COMMIT);
            try {
                jobs.run(TableApply.script(statements));
                return true;
            } catch (JobException e) {
                if (BigQueryErrors.isFenced(e)) {
                    return false;
                }
                if (BigQueryErrors.isUnknown(e)) {
                    throw new UnknownTable(table, ledger.targets());
                }
                throw e;
            }
        });
    }

    @Override
    public Set<TopicPartition> added(Set<TopicPartition> partitions, boolean accept) {
        if (partitions.isEmpty()) {
            return Set.of();
        }
        return run("The partitions " + partitions + " cannot be noted", () -> {
            jobs.run(log.know(partitions));
            if (accept) {
                jobs.run(log.accept(partitions));
            }
            Set<TopicPartition> added = new HashSet<>();
            for (FieldValueList row : jobs.rows(log.added(partitions))) {
                added.add(new TopicPartition(
                        row.get(0).getStringValue(), (int) row.get(1).getLongValue()));
            }
            return added;
        });
    }

    @Override
    public Set<String> incomplete() {
        return run("The topics that are noted cannot be read", () -> {
            Set<String> topics = new HashSet<>();
            jobs.rows(log.incomplete()).forEach(row -> topics.add(row.get(0).getStringValue()));
            return topics;
        });
    }

    @Override
    public void complete(Set<String> topics, int task, int tasks) {
        if (topics.isEmpty()) {
            return;
        }
        run("The topics " + topics + " cannot be noted", () -> {
            List<String> statements = new ArrayList<>(log.complete(topics, task, tasks));
            statements.add(0, TableApply.BEGIN);
            statements.add(TableApply.COMMIT);
            return jobs.run(TableApply.script(statements));
        });
    }

    @Override
    public void forget(String topic) {
        run("Topic " + topic + " cannot be forgotten", () -> jobs.run(log.forget(topic)));
    }

    @Override
    public boolean show(TableId table, Set<TopicPartition> partitions, State state, String reason) {
        return run("The state of table " + table + " cannot be shown", () -> {
            if (!ledger.knows(table)) {
                return false;
            }
            String show = log.show(table, state.name().toLowerCase(Locale.ROOT), reason);
            jobs.run(TableApply.script(List.of(log.know(table), show)));
            return true;
        });
    }

    /** The one task has claimed its partitions again. */
    void forgetStates() {
        run("The states of tables cannot be shown", () -> jobs.run(log.forgetStates()));
    }

    private interface Work<T> {
        T run() throws JobException;
    }

    private <T> T run(String doing, Work<T> work) {
        try {
            if (!ready) {
                ledger.ready();
                jobs.run(String.join(";\n", log.create()));
                ready = true;
            }
            return work.run();
        } catch (JobException e) {
            throw BigQueryErrors.translate(doing, e);
        }
    }
}
