package io.millrace.sink.pg;

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
 */
record Ledger(String table, String id) {
    /** Stands in the error that {@link #fence} raises for an older epoch or another position. */
    static final String FENCED = "millrace:fenced";

    private static final String COLUMNS =
            "target, topic, partition, next, epoch, last_offset, last_timestamp, last_key_hash";
    private static final String OWNER =
            "owner_pid = pg_backend_pid(), owner_started = (SELECT backend_start FROM pg_stat_activity WHERE pid = pg_backend_pid()), updated_at = now()";

    String create() {
        return "CREATE TABLE IF NOT EXISTS " + table + " (\n"
                + "  ledger_id text NOT NULL,\n  target text NOT NULL,\n  topic text NOT NULL,\n  partition integer NOT NULL,\n"
                + "  next bigint NOT NULL,\n  epoch bigint NOT NULL,\n"
                + "  last_offset bigint,\n  last_timestamp bigint,\n  last_key_hash integer,\n"
                + "  owner_pid integer,\n  owner_started timestamptz,\n  updated_at timestamptz NOT NULL DEFAULT now(),\n"
                + "  PRIMARY KEY (ledger_id, topic, partition, target)\n)";
    }

    String claim(Collection<TopicPartition> partitions) {
        return "UPDATE " + table + " SET epoch = epoch + 1, " + OWNER + " WHERE " + of(partitions) + " RETURNING "
                + COLUMNS;
    }

    String begin(Map<Feed, Long> first) {
        String rows = first.entrySet().stream()
                .map(entry -> "(" + Sql.text(id) + ", " + feed(entry.getKey()) + ", " + entry.getValue()
                        + ", 1, pg_backend_pid(),"
                        + " (SELECT backend_start FROM pg_stat_activity WHERE pid = pg_backend_pid()))")
                .collect(Collectors.joining(", "));
        return "INSERT INTO " + table
                + " AS l (ledger_id, target, topic, partition, next, epoch, owner_pid, owner_started) VALUES "
                + rows + " ON CONFLICT (ledger_id, topic, partition, target) DO UPDATE SET epoch = l.epoch + 1, "
                + OWNER
                + " RETURNING " + COLUMNS;
    }

    /** Sessions that own these partitions and still run, other than this one: asked for when they hold a lock too long. */
    String terminateOwners(Collection<TopicPartition> partitions) {
        return "SELECT pg_terminate_backend(a.pid) FROM pg_stat_activity a JOIN (SELECT DISTINCT owner_pid, owner_started FROM "
                + table + " WHERE " + of(partitions)
                + ") o ON a.pid = o.owner_pid AND a.backend_start = o.owner_started WHERE a.pid <> pg_backend_pid()";
    }

    String partitions(String topic) {
        return "SELECT DISTINCT partition FROM " + table + " WHERE ledger_id = " + Sql.text(id) + " AND topic = "
                + Sql.text(topic);
    }

    String rewind(TopicPartition partition, OptionalLong next) {
        String where = " WHERE " + of(List.of(partition));
        return next.isEmpty()
                ? "DELETE FROM " + table + where
                : "UPDATE " + table + " SET next = " + next.getAsLong()
                        + ", epoch = epoch + 1, last_offset = NULL, last_timestamp = NULL, last_key_hash = NULL, updated_at = now()"
                        + where;
    }

    /** Locks the rows in one order and raises unless each has the expected epoch and position. */
    String fence(List<Advance> advances) {
        return "SELECT CASE WHEN count(*) = " + advances.size() + " THEN 0 ELSE ('" + FENCED
                + ":' || count(*))::int END FROM (SELECT 1 FROM " + table + " l JOIN (VALUES "
                + advances.stream()
                        .map(a -> "(" + feed(a.feed()) + ", " + a.from() + "::bigint, " + a.epoch() + "::bigint)")
                        .collect(Collectors.joining(", "))
                + ") v (target, topic, partition, next, epoch) ON " + match()
                + " AND l.next = v.next AND l.epoch = v.epoch"
                + " ORDER BY l.topic, l.partition, l.target FOR UPDATE OF l) f";
    }

    String advance(List<Advance> advances) {
        return "UPDATE " + table
                + " l SET next = v.next, last_offset = v.o, last_timestamp = v.ts, last_key_hash = v.h, updated_at = now() FROM (VALUES "
                + advances.stream()
                        .map(a -> "(" + feed(a.feed()) + ", " + a.to() + "::bigint, "
                                + a.last().offset() + "::bigint, " + a.last().timestamp() + "::bigint, "
                                + a.last().keyHash() + ")")
                        .collect(Collectors.joining(", "))
                + ") v (target, topic, partition, next, o, ts, h) WHERE " + match();
    }

    static Map.Entry<Feed, Claim> row(ResultSet row) throws SQLException {
        TableId target = new TableId(Router.split(row.getString(1)));
        Feed feed = new Feed(target, new TopicPartition(row.getString(2), row.getInt(3)));
        long lastOffset = row.getLong(6);
        LastRecord last = row.wasNull() ? null : new LastRecord(lastOffset, row.getLong(7), row.getInt(8));
        return Map.entry(feed, new Claim(row.getLong(4), row.getLong(5), last));
    }

    private String match() {
        return "l.ledger_id = " + Sql.text(id)
                + " AND l.target = v.target AND l.topic = v.topic AND l.partition = v.partition";
    }

    private String of(Collection<TopicPartition> partitions) {
        return "ledger_id = " + Sql.text(id) + " AND (topic, partition) IN ("
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
