package io.millrace.sink.warehouse.duckdb;

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
import java.util.stream.Collectors;
import org.apache.kafka.common.TopicPartition;

/**
 * The statements on the table that remembers what has been applied: one row a connector, target table and topic
 * partition. Pure.
 *
 * <p>Two transactions that update one of its rows collide, and the later one fails: that is the fence. It holds only
 * between updates in place. RETURNING and ON CONFLICT DO UPDATE make DuckDB delete and insert the row instead, which does
 * not collide with an update in place of the same row: both commit, and the one that began earlier wins. So neither is
 * used here, and every change touches {@code updated_at}, since collisions are found column by column.
 */
record Ledger(String table, String id) {
    private static final String MATCH =
            "l.ledger_id = %s AND l.target = v.target AND l.topic = v.topic AND l.\"partition\" = v.part";
    private static final String COLUMNS =
            "target, topic, \"partition\", next, epoch, last_offset, last_timestamp, last_key_hash";

    String create() {
        return "CREATE TABLE IF NOT EXISTS " + table + " (\n"
                + "  ledger_id VARCHAR NOT NULL,\n  target VARCHAR NOT NULL,\n  topic VARCHAR NOT NULL,\n  \"partition\" INTEGER NOT NULL,\n"
                + "  next BIGINT NOT NULL,\n  epoch BIGINT NOT NULL,\n"
                + "  last_offset BIGINT,\n  last_timestamp BIGINT,\n  last_key_hash INTEGER,\n"
                + "  updated_at TIMESTAMP WITH TIME ZONE NOT NULL,\n"
                + "  PRIMARY KEY (ledger_id, topic, \"partition\", target)\n)";
    }

    /** Raises epochs. Without RETURNING: see the class. */
    String claim(Collection<TopicPartition> partitions) {
        return "UPDATE " + table + " SET epoch = epoch + 1, updated_at = now() WHERE " + of(partitions);
    }

    String claims(Collection<TopicPartition> partitions) {
        return "SELECT " + COLUMNS + " FROM " + table + " WHERE " + of(partitions);
    }

    /** Gives feeds that are not there a row. */
    String begin(Map<Feed, Long> first) {
        String rows = first.entrySet().stream()
                .map(entry -> "(" + feed(entry.getKey()) + ", " + entry.getValue() + "::BIGINT)")
                .collect(Collectors.joining(", "));
        return "INSERT INTO " + table
                + " (ledger_id, target, topic, \"partition\", next, epoch, updated_at) SELECT " + Sql.text(id)
                + ", v.target, v.topic, v.part, v.since, 0, now() FROM (VALUES " + rows
                + ") AS v (target, topic, part, since) WHERE NOT EXISTS (SELECT 1 FROM " + table + " AS l WHERE "
                + MATCH.formatted(Sql.text(id)) + ")";
    }

    String claimFeeds(Collection<Feed> feeds) {
        return "UPDATE " + table + " AS l SET epoch = epoch + 1, updated_at = now() FROM " + values(feeds) + " WHERE "
                + MATCH.formatted(Sql.text(id));
    }

    String claimsOfFeeds(Collection<Feed> feeds) {
        return "SELECT l." + COLUMNS.replace(", ", ", l.") + " FROM " + table + " AS l, " + values(feeds) + " WHERE "
                + MATCH.formatted(Sql.text(id));
    }

    private static String values(Collection<Feed> feeds) {
        return "(VALUES " + feeds.stream().map(each -> "(" + feed(each) + ")").collect(Collectors.joining(", "))
                + ") AS v (target, topic, part)";
    }

    String partitions(String topic) {
        return "SELECT DISTINCT \"partition\" FROM " + table + " WHERE ledger_id = " + Sql.text(id) + " AND topic = "
                + Sql.text(topic);
    }

    /** The next offset of every feed of a table. */
    String nextOf(TableId target) {
        return "SELECT topic, \"partition\", next FROM " + table + " WHERE ledger_id = " + Sql.text(id)
                + " AND target = " + Sql.text(target.toString());
    }

    String rewind(TopicPartition partition, OptionalLong next) {
        return "UPDATE " + table
                + (next.isEmpty() ? " SET " : " SET next = " + next.getAsLong() + ", ")
                + "epoch = epoch + 1, last_offset = NULL, last_timestamp = NULL, last_key_hash = NULL, updated_at = now() WHERE "
                + of(List.of(partition));
    }

    /** Behind a {@link #rewind} in its transaction, which collides with a task that is applying. */
    String forget(TopicPartition partition) {
        return "DELETE FROM " + table + " WHERE " + of(List.of(partition));
    }

    /**
     * Moves the feeds that have the expected epoch and position: fewer rows than advances means that this task is
     * fenced. Run first in the transaction, so that of two tasks the later collides before it has done any work.
     */
    String advance(List<Advance> advances) {
        return "UPDATE " + table
                + " AS l SET next = v.upto, last_offset = v.o, last_timestamp = v.ts, last_key_hash = v.h, updated_at = now() FROM (VALUES "
                + advances.stream()
                        .map(a -> "(" + feed(a.feed()) + ", " + a.from() + "::BIGINT, " + a.to() + "::BIGINT, "
                                + a.epoch() + "::BIGINT, " + a.last().offset() + "::BIGINT, "
                                + a.last().timestamp() + "::BIGINT, " + a.last().keyHash() + "::INTEGER)")
                        .collect(Collectors.joining(", "))
                + ") AS v (target, topic, part, since, upto, epoch, o, ts, h) WHERE "
                + MATCH.formatted(Sql.text(id)) + " AND l.next = v.since AND l.epoch = v.epoch";
    }

    /** How many of the feeds have the expected epoch and position, as far as others have committed. */
    String standing(List<Advance> advances) {
        return "SELECT count(*) FROM " + table + " AS l, (VALUES "
                + advances.stream()
                        .map(a -> "(" + feed(a.feed()) + ", " + a.from() + "::BIGINT, " + a.epoch() + "::BIGINT)")
                        .collect(Collectors.joining(", "))
                + ") AS v (target, topic, part, since, epoch) WHERE " + MATCH.formatted(Sql.text(id))
                + " AND l.next = v.since AND l.epoch = v.epoch";
    }

    static Map.Entry<Feed, Claim> row(ResultSet row) throws SQLException {
        TableId target = new TableId(Router.split(row.getString(1)));
        Feed feed = new Feed(target, new TopicPartition(row.getString(2), row.getInt(3)));
        long lastOffset = row.getLong(6);
        LastRecord last = row.wasNull() ? null : new LastRecord(lastOffset, row.getLong(7), row.getInt(8));
        return Map.entry(feed, new Claim(row.getLong(4), row.getLong(5), last));
    }

    private String of(Collection<TopicPartition> partitions) {
        return "ledger_id = " + Sql.text(id) + " AND (topic, \"partition\") IN ("
                + partitions.stream()
                        .map(p -> "(" + Sql.text(p.topic()) + ", " + p.partition() + ")")
                        .collect(Collectors.joining(", "))
                + ")";
    }

    private static String feed(Feed feed) {
        return Sql.text(feed.table().toString()) + ", "
                + Sql.text(feed.partition().topic()) + ", " + feed.partition().partition();
    }
}
