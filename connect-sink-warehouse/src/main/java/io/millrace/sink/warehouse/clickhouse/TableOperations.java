package io.millrace.sink.warehouse.clickhouse;

import com.clickhouse.client.api.query.GenericRecord;
import io.millrace.sink.destination.Operations;
import io.millrace.sink.destination.TableId;
import io.millrace.sink.destination.UnknownTable;
import io.millrace.sink.sql.TopicNotes;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.apache.kafka.common.TopicPartition;

/** Operators' requests, in tables beside the ledger. */
final class TableOperations implements Operations {
    private final Server server;
    private final OperationsLog log;
    private final TopicLog topics;
    private final LedgerTable ledger;
    private final UnaryOperator<TableId> written;
    private boolean made;

    /** {@code written}: where the changes of a table are, with its database. */
    TableOperations(
            Server server, OperationsLog log, TopicLog topics, LedgerTable ledger, UnaryOperator<TableId> written) {
        this.server = server;
        this.log = log;
        this.topics = topics;
        this.ledger = ledger;
        this.written = written;
    }

    /**
     * Sends the feeds back before it takes the rows away, and only those that are older than the feeds' new epoch: so
     * several tasks may do it at once, or one again after a crash.
     */
    @Override
    public boolean resync(TableId table, String token) {
        Sql.checkTable(table);
        make();
        List<GenericRecord> last = server.query(log.resync(table));
        if (!last.isEmpty() && last.get(0).getString(1).equals(token)) {
            return false;
        }
        long epoch = ledger.restart(table).orElseThrow(() -> new UnknownTable(table, targets()));
        Optional<LiveTable> live = new Catalog(server).find(written.apply(table));
        if (live.isPresent()) {
            server.execute("DELETE FROM " + Sql.table(written.apply(table)) + " WHERE "
                    + Sql.name(server.settings().versionColumn()) + " < " + Versions.floor(epoch));
        }
        server.execute(log.resynced(table, token));
        return true;
    }

    private List<String> targets() {
        return server.query(ledger.statements().targets()).stream()
                .map(row -> row.getString(1))
                .toList();
    }

    @Override
    public Set<TopicPartition> added(Set<TopicPartition> partitions, boolean accept) {
        if (partitions.isEmpty()) {
            return Set.of();
        }
        make();
        Set<String> complete = new HashSet<>();
        Map<TopicPartition, Integer> known = new HashMap<>();
        for (GenericRecord row : server.query(
                topics.read(partitions.stream().map(TopicPartition::topic).collect(Collectors.toSet())))) {
            if (row.getInteger(2) == TopicNotes.COMPLETE) {
                complete.add(row.getString(1));
            } else {
                known.put(new TopicPartition(row.getString(1), row.getInteger(2)), row.getInteger(3));
            }
        }
        Map<TopicPartition, Integer> notes = new HashMap<>();
        Set<TopicPartition> added = new HashSet<>();
        for (TopicPartition each : partitions) {
            int late = accept ? TopicNotes.ACCEPTED : TopicNotes.ADDED;
            int fresh = complete.contains(each.topic()) ? late : TopicNotes.ORIGINAL;
            int number = known.getOrDefault(each, fresh);
            int now = number == TopicNotes.ADDED ? late : number;
            if (!Integer.valueOf(now).equals(known.get(each))) {
                notes.put(each, now);
            }
            if (now == TopicNotes.ADDED) {
                added.add(each);
            }
        }
        Set<String> grown = notes.entrySet().stream()
                .filter(each -> each.getValue() != TopicNotes.ORIGINAL)
                .map(each -> each.getKey().topic())
                .collect(Collectors.toSet());
        if (!grown.isEmpty()) {
            // Before it is noted, as nobody does it afterwards.
            ledger.raise(grown, this::isOrdered);
        }
        if (!notes.isEmpty()) {
            server.execute(topics.note(notes));
        }
        return added;
    }

    /** Whether of several rows of a key that with the greatest version counts. */
    private boolean isOrdered(TableId table) {
        return new Catalog(server)
                .find(written.apply(table))
                .filter(live -> live.engine().endsWith("ReplacingMergeTree"))
                .isPresent();
    }

    @Override
    public Set<String> incomplete() {
        make();
        return server.query(topics.incomplete()).stream()
                .map(row -> row.getString(1))
                .collect(Collectors.toSet());
    }

    @Override
    public void complete(Set<String> names, int task, int tasks) {
        if (names.isEmpty()) {
            return;
        }
        make();
        server.execute(topics.say(names, task, tasks));
        server.execute(topics.complete(names, tasks));
    }

    @Override
    public void forget(String topic) {
        make();
        server.execute(topics.forget(topic));
    }

    @Override
    public boolean show(TableId table, Set<TopicPartition> partitions, State state, String reason) {
        make();
        if (ledger.positions(table).isEmpty()) {
            return false;
        }
        if (!partitions.isEmpty()) {
            server.execute(log.show(table, partitions, state.name().toLowerCase(Locale.ROOT), reason));
        }
        return true;
    }

    /** These partitions have been claimed again. */
    void forgetStates(Set<TopicPartition> partitions) {
        make();
        server.execute(log.forgetStates(partitions));
    }

    private void make() {
        if (!made) {
            server.execute(log.create());
            server.execute(topics.create());
            made = true;
        }
    }
}
