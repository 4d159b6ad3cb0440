package io.millrace.sink.warehouse.bigquery;

import com.google.cloud.bigquery.FieldValue;
import com.google.cloud.bigquery.FieldValueList;
import io.millrace.sink.destination.Claim;
import io.millrace.sink.destination.Feed;
import io.millrace.sink.destination.LastRecord;
import io.millrace.sink.destination.TableId;
import io.millrace.sink.route.Router;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;

/** Runs the ledger's statements. */
final class LedgerTables {
    /** A transaction changes at most 100 tables, and a statement has at most a megabyte. */
    private static final int AT_ONCE = 50;

    private final Jobs jobs;
    private final Datasets datasets;
    private final Ledger ledger;
    private final Set<TableId> made = new HashSet<>();
    private boolean ready;

    LedgerTables(Jobs jobs, Datasets datasets, Ledger ledger) {
        this.jobs = jobs;
        this.datasets = datasets;
        this.ledger = ledger;
    }

    Ledger statements() {
        return ledger;
    }

    /** Makes the datasets and the table of owners, if that has not been done. */
    void ready() throws JobException {
        if (!ready) {
            datasets.makeOwn();
            jobs.run(ledger.create());
            ready = true;
        }
    }

    Map<Feed, Claim> claim(Set<TopicPartition> partitions) throws JobException {
        ready();
        if (partitions.isEmpty()) {
            return Map.of();
        }
        jobs.run(ledger.claim(partitions));
        Map<Feed, Claim> claims = claims(partitions);
        claims.keySet().removeIf(feed -> !partitions.contains(feed.partition()));
        return claims;
    }

    Map<Feed, Claim> begin(Map<Feed, Long> first) throws JobException {
        ready();
        if (first.isEmpty()) {
            return Map.of();
        }
        Set<TableId> targets = new HashSet<>();
        first.keySet().forEach(feed -> targets.add(feed.table()));
        targets.removeAll(made);
        for (List<TableId> some : parts(targets)) {
            jobs.run(String.join(
                    ";\n", some.stream().map(ledger::createPositions).toList()));
            made.addAll(some);
        }
        Set<TopicPartition> partitions = new HashSet<>();
        for (List<Feed> some : parts(first.keySet())) {
            Map<Feed, Long> starts = new HashMap<>();
            some.forEach(feed -> starts.put(feed, first.getOrDefault(feed, 0L)));
            jobs.run(ledger.begin(starts));
            some.forEach(feed -> partitions.add(feed.partition()));
        }
        Map<Feed, Claim> claims = claims(partitions);
        claims.keySet().retainAll(first.keySet());
        return claims;
    }

    Set<TopicPartition> partitions(String topic) throws JobException {
        ready();
        Set<TopicPartition> partitions = new HashSet<>();
        for (FieldValueList row : jobs.rows(ledger.partitions(topic))) {
            partitions.add(new TopicPartition(topic, (int) row.get(0).getLongValue()));
        }
        return partitions;
    }

    /** Whether any feed of the table has been begun. */
    boolean knows(TableId target) throws JobException {
        return !jobs.rows(ledger.knows(target)).isEmpty();
    }

    /** The tables that have begun. */
    Set<String> targets() throws JobException {
        Set<String> targets = new HashSet<>();
        jobs.rows(ledger.targets()).forEach(row -> targets.add(row.get(0).getStringValue()));
        return targets;
    }

    /** The next offset of each partition that feeds a table; none before any task has begun with it. */
    Map<TopicPartition, Long> positions(TableId target) throws JobException {
        Map<TopicPartition, Long> positions = new HashMap<>();
        try {
            for (FieldValueList row : jobs.rows(ledger.nextOf(target))) {
                TopicPartition partition = new TopicPartition(
                        row.get(0).getStringValue(), (int) row.get(1).getLongValue());
                positions.put(partition, row.get(2).getLongValue());
            }
        } catch (JobException e) {
            if (!BigQueryErrors.isMissing(e)) {
                throw e;
            }
        }
        return positions;
    }

    void rewind(Map<TopicPartition, OptionalLong> next) throws JobException {
        ready();
        if (next.isEmpty()) {
            return;
        }
        jobs.run(ledger.claim(next.keySet()));
        Map<Feed, Long> epochs = epochs(next.keySet());
        for (Map.Entry<TopicPartition, OptionalLong> each : next.entrySet()) {
            for (Feed feed : epochs.keySet()) {
                if (feed.partition().equals(each.getKey())) {
                    jobs.run(ledger.rewind(feed.table(), feed.partition(), each.getValue()));
                }
            }
            if (each.getValue().isEmpty()) {
                jobs.run(ledger.forget(each.getKey()));
            }
        }
    }

    /** Positions are read behind the epochs: a task that was alive until then has moved them, or never will. */
    private Map<Feed, Claim> claims(Collection<TopicPartition> partitions) throws JobException {
        Map<Feed, Long> epochs = epochs(partitions);
        Set<TableId> targets = new HashSet<>();
        epochs.keySet().forEach(feed -> targets.add(feed.table()));
        Map<Feed, Claim> claims = new HashMap<>();
        for (List<TableId> some : parts(targets)) {
            for (FieldValueList row : jobs.rows(ledger.positionsOf(some, partitions))) {
                Feed feed = feed(row);
                Long epoch = epochs.get(feed);
                if (epoch != null) {
                    FieldValue offset = row.get(4);
                    LastRecord last = offset.isNull()
                            ? null
                            : new LastRecord(offset.getLongValue(), row.get(5).getLongValue(), (int)
                                    row.get(6).getLongValue());
                    claims.put(feed, new Claim(row.get(3).getLongValue(), epoch, last));
                }
            }
        }
        return claims;
    }

    private Map<Feed, Long> epochs(Collection<TopicPartition> partitions) throws JobException {
        Map<Feed, Long> epochs = new HashMap<>();
        for (FieldValueList row : jobs.rows(ledger.owned(partitions))) {
            epochs.put(feed(row), row.get(3).getLongValue());
        }
        return epochs;
    }

    private static Feed feed(FieldValueList row) {
        TableId target = new TableId(Router.split(row.get(0).getStringValue()));
        return new Feed(target, new TopicPartition(row.get(1).getStringValue(), (int)
                row.get(2).getLongValue()));
    }

    private static <T> List<List<T>> parts(Collection<T> all) {
        List<T> list = new ArrayList<>(all);
        List<List<T>> parts = new ArrayList<>();
        for (int from = 0; from < list.size(); from += AT_ONCE) {
            parts.add(list.subList(from, Math.min(list.size(), from + AT_ONCE)));
        }
        return parts;
    }
}
