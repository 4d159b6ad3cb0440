package io.millrace.sink.warehouse.snowflake;

import io.millrace.sink.destination.Advance;
import io.millrace.sink.destination.Claim;
import io.millrace.sink.destination.Feed;
import io.millrace.sink.destination.LastRecord;
import io.millrace.sink.destination.TableId;
import io.millrace.sink.route.Router;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.kafka.common.TopicPartition;

/**
 * The statements on the table that remembers what has been applied: one row a target table and topic partition. Pure.
 *
 * <p>A transaction that changes a table keeps other changes of it waiting to its end, and a statement sees what was
 * committed before it began. So the move of the positions, the first statement of an apply, is the fence. Each connector
 * has a table of its own, named after it by a hash, as they would wait for each other otherwise. Rows are only inserted
 * behind an update of the row of no feed, since inserts wait for nobody.
 *
 * @param table as a statement names it
 * @param id the connector's, in each row
 * @see <a href="https://docs.snowflake.com/en/sql-reference/transactions">Transactions</a>
 */
record Ledger(String table, String id) {
    private static final String COLUMNS =
            "target, topic, part, next, epoch, last_offset, last_timestamp, last_key_hash";
    private static final String SAME = "target = v.v_target AND topic = v.v_topic AND part = v.v_part";

    /** The ledger of one connector. */
    static Ledger of(Place place, TableId table, String id) {
        return new Ledger(place.sql(own(table, id)), id);
    }

    /** The connector's own table among those that share this name. */
    static TableId own(TableId table, String id) {
        return Place.beside(table, "_" + String.format("%08x", id.hashCode()));
    }

    List<String> create() {
        return List.of(
                "CREATE TABLE IF NOT EXISTS " + table
                        + " (ledger_id VARCHAR NOT NULL, target VARCHAR NOT NULL, topic VARCHAR NOT NULL, part NUMBER(10,0) NOT NULL"
                        + ", next NUMBER(19,0) NOT NULL, epoch NUMBER(19,0) NOT NULL, last_offset NUMBER(19,0)"
                        + ", last_timestamp NUMBER(19,0), last_key_hash NUMBER(10,0), committed_at TIMESTAMP_TZ(6)"
                        + ", updated_at TIMESTAMP_TZ(6) NOT NULL)",
                "INSERT INTO " + table
                        + " (ledger_id, target, topic, part, next, epoch, updated_at) SELECT '', '', '', 0, 0, 0, "
                        + Sql.NOW + " FROM (SELECT 1 AS one) AS v WHERE NOT EXISTS (SELECT 1 FROM " + table
                        + " WHERE ledger_id = '')");
    }

    /** Raises epochs. */
    String claim(Collection<TopicPartition> partitions) {
        return "UPDATE " + table + " SET epoch = epoch + 1, updated_at = " + Sql.NOW + " WHERE " + of(partitions);
    }

    String claims(Collection<TopicPartition> partitions) {
        return "SELECT " + COLUMNS + " FROM " + table + " WHERE " + of(partitions);
    }

    /** Keeps others who add rows waiting to the end of the transaction. */
    String guard() {
        return "UPDATE " + table + " SET updated_at = " + Sql.NOW + " WHERE ledger_id = ''";
    }

    /** Gives feeds that are not there a row. */
    String begin(Map<Feed, Long> first) {
        String rows = first.entrySet().stream()
                .map(each -> feed(each.getKey()) + ", " + each.getValue() + " AS since")
                .collect(Collectors.joining(" UNION ALL "));
        return "INSERT INTO " + table + " (ledger_id, target, topic, part, next, epoch, updated_at) SELECT "
                + Sql.text(id) + ", v.v_target, v.v_topic, v.v_part, v.since, 0, " + Sql.NOW + " FROM (" + rows
                + ") AS v LEFT JOIN " + table + " AS l ON l.ledger_id = " + Sql.text(id)
                + " AND l.target = v.v_target AND l.topic = v.v_topic AND l.part = v.v_part WHERE l.target IS NULL";
    }

    String claimFeeds(Collection<Feed> feeds) {
        return "UPDATE " + table + " SET epoch = epoch + 1, updated_at = " + Sql.NOW + " FROM (" + values(feeds)
                + ") AS v WHERE ledger_id = " + Sql.text(id) + " AND " + SAME;
    }

    String claimsOfFeeds(Collection<Feed> feeds) {
        return "SELECT " + COLUMNS + " FROM " + table + ", (" + values(feeds) + ") AS v WHERE ledger_id = "
                + Sql.text(id) + " AND " + SAME;
    }

    String partitions(String topic) {
        return "SELECT DISTINCT part FROM " + table + " WHERE ledger_id = " + Sql.text(id) + " AND topic = "
                + Sql.text(topic);
    }

    /** The next offset of every feed of a table. */
    String nextOf(TableId target) {
        return "SELECT topic, part, next FROM " + table + " WHERE ledger_id = " + Sql.text(id) + " AND target = "
                + Sql.text(target.toString());
    }

    String rewind(TopicPartition partition, OptionalLong next) {
        return "UPDATE " + table
                + (next.isEmpty() ? " SET " : " SET next = " + next.getAsLong() + ", ")
                + "epoch = epoch + 1, last_offset = NULL, last_timestamp = NULL, last_key_hash = NULL, updated_at = "
                + Sql.NOW + " WHERE " + of(List.of(partition));
    }

    /** Behind a {@link #rewind} in its transaction, which waits for a task that is applying. */
    String forget(TopicPartition partition) {
        return "DELETE FROM " + table + " WHERE " + of(List.of(partition));
    }

    /**
     * Moves the feeds that have the expected epoch and position: fewer rows than advances means that this task is
     * fenced. Run first in the transaction.
     */
    String advance(List<Advance> advances) {
        String moves = advances.stream()
                .map(a -> feed(a.feed()) + ", " + a.from() + " AS since, " + a.to() + " AS upto, " + a.epoch()
                        + " AS owner, " + a.last().offset() + " AS o, "
                        + a.last().timestamp() + " AS ts, "
                        + a.last().keyHash() + " AS h, "
                        + (a.last().committed() < 0
                                ? "CAST(NULL AS TIMESTAMP_TZ(6))"
                                : "TO_TIMESTAMP_TZ(" + a.last().committed() + ", 6)")
                        + " AS committed")
                .collect(Collectors.joining(" UNION ALL "));
        return "UPDATE " + table
                + " SET next = v.upto, last_offset = v.o, last_timestamp = v.ts, last_key_hash = v.h, committed_at = v.committed, updated_at = "
                + Sql.NOW + "\nFROM (" + moves + ") AS v\nWHERE ledger_id = " + Sql.text(id) + " AND " + SAME
                + " AND next = v.since AND epoch = v.owner";
    }

    static Map.Entry<Feed, Claim> row(ResultSet row) throws SQLException {
        TableId target = new TableId(Router.split(row.getString(1)));
        Feed feed = new Feed(target, new TopicPartition(row.getString(2), row.getInt(3)));
        long lastOffset = row.getLong(6);
        LastRecord last = row.wasNull() ? null : new LastRecord(lastOffset, row.getLong(7), row.getInt(8));
        return Map.entry(feed, new Claim(row.getLong(4), row.getLong(5), last));
    }

    /** A condition. */
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

    private static String values(Collection<Feed> feeds) {
        return feeds.stream().map(Ledger::feed).collect(Collectors.joining(" UNION ALL "));
    }

    private static String feed(Feed feed) {
        return "SELECT " + Sql.text(feed.table().toString()) + " AS v_target, "
                + Sql.text(feed.partition().topic()) + " AS v_topic, "
                + feed.partition().partition() + " AS v_part";
    }
}
