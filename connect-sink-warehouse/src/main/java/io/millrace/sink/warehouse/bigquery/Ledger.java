package io.millrace.sink.warehouse.bigquery;

import io.millrace.sink.destination.Advance;
import io.millrace.sink.destination.Feed;
import io.millrace.sink.destination.TableId;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.kafka.common.TopicPartition;

/**
 * The statements on the tables that remember what has been applied. Pure.
 *
 * <p>Transactions that change one table at the same time are cancelled, all but one. So positions are in a table for each
 * target table, which only that table's transaction changes; and owners (epochs) are in one table for all, which a
 * transaction that applies rows only reads. What makes an apply happen once is the comparison of its position; the epoch
 * ends a task that was taken for dead before it has done any work.
 */
record Ledger(Place place, TableId table, String id) {
    private static final String FEED =
            "ledger_id STRING NOT NULL, target STRING NOT NULL, topic STRING NOT NULL, part INT64 NOT NULL";
    private static final String WITHOUT_LAST =
            ", last_offset = NULL, last_timestamp = NULL, last_key_hash = NULL, updated_at = ";
    private static final String NOW = "CURRENT_TIMESTAMP()";

    /** Owners: a row a feed, and one of no feed, which whatever adds rows changes, so that only one can. */
    String create() {
        return createOwners() + ";\nINSERT INTO " + owners()
                + " (ledger_id, target, topic, part, epoch, updated_at) SELECT '', '', '', 0, 0, " + NOW
                + " FROM (SELECT 1 AS one) AS v WHERE NOT EXISTS (SELECT 1 FROM " + owners()
                + " WHERE ledger_id = '')";
    }

    String createOwners() {
        return "CREATE TABLE IF NOT EXISTS " + owners() + " (" + FEED
                + ", epoch INT64 NOT NULL, updated_at TIMESTAMP NOT NULL)";
    }

    String createPositions(TableId target) {
        return "CREATE TABLE IF NOT EXISTS " + positions(target) + " (" + FEED
                + ", next INT64 NOT NULL, last_offset INT64, last_timestamp INT64, last_key_hash INT64, committed_at TIMESTAMP, updated_at TIMESTAMP NOT NULL)";
    }

    /** Raises epochs. */
    String claim(Collection<TopicPartition> partitions) {
        return "UPDATE " + owners() + " SET epoch = epoch + 1, updated_at = " + NOW + " WHERE " + of(partitions);
    }

    String owned(Collection<TopicPartition> partitions) {
        return "SELECT target, topic, part, epoch FROM " + owners() + " WHERE " + of(partitions);
    }

    String positionsOf(Collection<TableId> targets, Collection<TopicPartition> partitions) {
        return targets.stream()
                .map(target -> "SELECT target, topic, part, next, last_offset, last_timestamp, last_key_hash FROM "
                        + positions(target) + " WHERE " + named(target) + " AND " + of(partitions))
                .collect(Collectors.joining("\nUNION ALL "));
    }

    /** Gives feeds that are not there their rows, and raises the epochs of all of them. */
    String begin(Map<Feed, Long> first) {
        StringBuilder sql = new StringBuilder(
                "BEGIN TRANSACTION;\nUPDATE " + owners() + " SET updated_at = " + NOW + " WHERE ledger_id = '';\n");
        String feeds = first.keySet().stream().map(Ledger::feed).collect(Collectors.joining(" UNION ALL "));
        sql.append("INSERT INTO ").append(owners());
        sql.append(" (ledger_id, target, topic, part, epoch, updated_at) SELECT ")
                .append(Sql.text(id));
        sql.append(", v.target, v.topic, v.part, 0, ")
                .append(NOW)
                .append(" FROM (")
                .append(feeds);
        sql.append(") AS v WHERE NOT EXISTS (SELECT 1 FROM ").append(owners()).append(" AS l WHERE ");
        sql.append(same()).append(");\n");
        sql.append("UPDATE ")
                .append(owners())
                .append(" AS l SET epoch = epoch + 1, updated_at = ")
                .append(NOW);
        sql.append(" FROM (")
                .append(feeds)
                .append(") AS v WHERE ")
                .append(same())
                .append(";\n");
        byTarget(first).forEach((target, starts) -> {
            String rows = starts.entrySet().stream()
                    .map(each -> feed(each.getKey()) + ", " + each.getValue() + " AS since")
                    .collect(Collectors.joining(" UNION ALL "));
            sql.append("INSERT INTO ").append(target);
            sql.append(" (ledger_id, target, topic, part, next, updated_at) SELECT ")
                    .append(Sql.text(id));
            sql.append(", v.target, v.topic, v.part, v.since, ")
                    .append(NOW)
                    .append(" FROM (")
                    .append(rows);
            sql.append(") AS v WHERE NOT EXISTS (SELECT 1 FROM ").append(target).append(" AS l WHERE ");
            sql.append(same()).append(");\n");
        });
        return sql.append("COMMIT TRANSACTION").toString();
    }

    private Map<String, Map<Feed, Long>> byTarget(Map<Feed, Long> first) {
        Map<String, Map<Feed, Long>> byTarget = new TreeMap<>();
        first.forEach((feed, next) -> byTarget.computeIfAbsent(
                        positions(feed.table()), target -> new java.util.LinkedHashMap<>())
                .put(feed, next));
        return byTarget;
    }

    String partitions(String topic) {
        return "SELECT DISTINCT part FROM " + owners() + " WHERE ledger_id = " + Sql.text(id) + " AND topic = "
                + Sql.text(topic);
    }

    /** Behind a {@link #claim}, which fences whoever applies. */
    String rewind(TableId target, TopicPartition partition, OptionalLong next) {
        String where = " WHERE " + named(target) + " AND " + of(List.of(partition));
        return next.isEmpty()
                ? "DELETE FROM " + positions(target) + where
                : "UPDATE " + positions(target) + " SET next = " + next.getAsLong() + WITHOUT_LAST + NOW + where;
    }

    /** The next offset of every feed of a table. */
    String nextOf(TableId target) {
        return "SELECT topic, part, next FROM " + positions(target) + " WHERE " + isTarget(target);
    }

    String knows(TableId target) {
        return "SELECT 1 FROM " + owners() + " WHERE " + isTarget(target) + " LIMIT 1";
    }

    /** The tables that this connector feeds. */
    String targets() {
        return "SELECT DISTINCT target FROM " + owners() + " WHERE ledger_id = " + Sql.text(id);
    }

    /** Every feed of a table goes back to the beginning, and whoever has claimed one is fenced. For one transaction. */
    List<String> restart(TableId target) {
        return List.of(
                "UPDATE " + owners() + " SET epoch = epoch + 1, updated_at = " + NOW + " WHERE " + isTarget(target),
                "UPDATE " + positions(target) + " SET next = 0" + WITHOUT_LAST + NOW + " WHERE " + isTarget(target));
    }

    String forget(TopicPartition partition) {
        return "DELETE FROM " + owners() + " WHERE " + of(List.of(partition));
    }

    /**
     * Moves the feeds of one table that have the expected epoch and position, and ends the script when not all had. Run
     * first in its transaction.
     */
    List<String> advance(TableId target, List<Advance> advances) {
        String moves = advances.stream()
                .map(a -> feed(a.feed()) + ", " + a.from() + " AS since, " + a.to() + " AS upto, " + a.epoch()
                        + " AS epoch, " + a.last().offset() + " AS o, "
                        + a.last().timestamp() + " AS ts, "
                        + a.last().keyHash() + " AS h, "
                        + (a.last().committed() < 0
                                ? "CAST(NULL AS TIMESTAMP)"
                                : "TIMESTAMP_MICROS(" + a.last().committed() + ")")
                        + " AS committed")
                .collect(Collectors.joining(" UNION ALL "));
        return List.of(
                "UPDATE " + positions(target)
                        + " AS l SET next = v.upto, last_offset = v.o, last_timestamp = v.ts, last_key_hash = v.h, committed_at = v.committed, updated_at = "
                        + NOW + "\nFROM (SELECT w.* FROM (" + moves + ") AS w JOIN " + owners()
                        + " AS c ON c.target = w.target AND c.topic = w.topic AND c.part = w.part AND c.epoch = w.epoch WHERE c.ledger_id = "
                        + Sql.text(id) + ") AS v\nWHERE " + same() + " AND l.next = v.since",
                "ASSERT @@row_count = " + advances.size() + " AS " + Sql.text(BigQueryErrors.FENCED));
    }

    /** Named after the target by a hash: a name of a table may be too long to have more behind it. */
    String positions(TableId target) {
        long hash = 1125899906842597L;
        for (char c : target.toString().toCharArray()) {
            hash = 31 * hash + c;
        }
        return place.sql(Place.beside(table, "_" + String.format("%016x", hash)));
    }

    private String owners() {
        return place.sql(table);
    }

    private String same() {
        return "l.ledger_id = " + Sql.text(id) + " AND l.target = v.target AND l.topic = v.topic AND l.part = v.part";
    }

    /** The rows of one target table of this ledger. */
    String isTarget(TableId target) {
        return "ledger_id = " + Sql.text(id) + " AND " + named(target);
    }

    private static String named(TableId target) {
        return "target = " + Sql.text(target.toString());
    }

    /** The rows of some partitions of this ledger. */
    String of(Collection<TopicPartition> partitions) {
        Map<String, List<String>> byTopic = partitions.stream()
                .collect(Collectors.groupingBy(
                        TopicPartition::topic,
                        TreeMap::new,
                        Collectors.mapping(each -> String.valueOf(each.partition()), Collectors.toList())));
        return "ledger_id = " + Sql.text(id) + " AND ("
                + byTopic.entrySet().stream()
                        .map(each -> "topic = " + Sql.text(each.getKey()) + " AND part IN ("
                                + String.join(", ", each.getValue()) + ")")
                        .collect(Collectors.joining(" OR "))
                + ")";
    }

    private static String feed(Feed feed) {
        return "SELECT " + Sql.text(feed.table().toString()) + " AS target, "
                + Sql.text(feed.partition().topic()) + " AS topic, "
                + feed.partition().partition() + " AS part";
    }
}
