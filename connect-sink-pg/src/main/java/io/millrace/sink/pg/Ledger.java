package io.millrace.sink.pg;

import io.millrace.sink.destination.Advance;
import io.millrace.sink.destination.Claim;
import io.millrace.sink.destination.Feed;
import io.millrace.sink.destination.LastRecord;
import io.millrace.sink.destination.TableId;
import io.millrace.sink.route.Router;
import io.millrace.sink.sql.TopicNotes;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * The statements on the table that remembers what has been applied: one row a connector, target table and topic
 * partition. Pure.
 *
 * <p>Beside those, rows without a target hold what is noted of topics ({@link TopicNotes}, the number in {@code next}),
 * and a row without a topic holds the last {@code resync} of a table.
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
                + "  last_offset bigint,\n  last_timestamp bigint,\n  last_key_hash integer,\n  committed_at timestamptz,\n"
                + "  state text,\n  reason text,\n  resync text,\n  owner_pid integer,\n  owner_started timestamptz,\n  updated_at timestamptz NOT NULL DEFAULT now(),\n"
                + "  PRIMARY KEY (ledger_id, topic, partition, target)\n)";
    }

    String claim(Collection<TopicPartition> partitions) {
        return "UPDATE " + table + " SET epoch = epoch + 1, state = NULL, reason = NULL, " + OWNER + " WHERE "
                + of(partitions) + " RETURNING " + COLUMNS;
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
        return "SELECT pg_terminate_backend(a.pid)" + owning(partitions);
    }

    /** The same sessions, each as {@link #session}. */
    String owners(Collection<TopicPartition> partitions) {
        return "SELECT " + session("a") + owning(partitions);
    }

    private String owning(Collection<TopicPartition> partitions) {
        return " FROM pg_stat_activity a JOIN (SELECT DISTINCT owner_pid, owner_started FROM " + table + " WHERE "
                + of(partitions)
                + ") o ON a.pid = o.owner_pid AND a.backend_start = o.owner_started WHERE a.pid <> pg_backend_pid()";
    }

    /** An expression that tells a row of pg_stat_activity from every other session, past ones too. */
    static String session(String activity) {
        return activity + ".pid || ' ' || extract(epoch FROM " + activity + ".backend_start)";
    }

    /** A condition on a row of pg_stat_activity: all that was its has been claimed by others. */
    String ownsNothing(String activity) {
        return "NOT EXISTS (SELECT 1 FROM " + table + " o WHERE o.ledger_id = " + Sql.text(id) + " AND o.owner_pid = "
                + activity + ".pid AND o.owner_started = " + activity + ".backend_start)";
    }

    String partitions(String topic) {
        return "SELECT DISTINCT partition FROM " + table + " WHERE ledger_id = " + Sql.text(id) + " AND topic = "
                + Sql.text(topic) + " AND target <> ''";
    }

    /** Tables that any connector writes. */
    String targets() {
        return "SELECT DISTINCT target FROM " + table + " WHERE target <> ''";
    }

    /** Tables that this connector writes. */
    String ownTargets() {
        return "SELECT DISTINCT target FROM " + table + " WHERE ledger_id = " + Sql.text(id)
                + " AND target <> '' AND topic <> ''";
    }

    /** Notes partitions that were not known. */
    String know(Collection<TopicPartition> partitions) {
        return "INSERT INTO " + table + " (ledger_id, target, topic, partition, next, epoch) SELECT " + Sql.text(id)
                + ", '', v.topic, v.partition, CASE WHEN c.topic IS NULL THEN " + TopicNotes.ORIGINAL + " ELSE "
                + TopicNotes.ADDED + " END, 0 FROM (VALUES " + values(partitions) + ") v (topic, partition) LEFT JOIN "
                + table + " c ON c.ledger_id = " + Sql.text(id)
                + " AND c.target = '' AND c.topic = v.topic AND c.partition = " + TopicNotes.COMPLETE
                + " ON CONFLICT DO NOTHING";
    }

    String added(Collection<TopicPartition> partitions) {
        return "SELECT topic, partition FROM " + table + " WHERE " + all(partitions) + " AND target = '' AND next = "
                + TopicNotes.ADDED;
    }

    String accept(Collection<TopicPartition> partitions) {
        return "UPDATE " + table + " SET next = " + TopicNotes.ACCEPTED + " WHERE " + all(partitions)
                + " AND target = '' AND next = " + TopicNotes.ADDED;
    }

    String incomplete() {
        return "SELECT topic FROM " + table + " WHERE ledger_id = " + Sql.text(id)
                + " AND target = '' GROUP BY topic HAVING max(partition) >= 0 AND count(*) FILTER (WHERE partition = "
                + TopicNotes.COMPLETE + ") = 0";
    }

    String complete(Collection<String> topics, int task, int tasks) {
        String names = topics.stream().map(Sql::text).collect(Collectors.joining(", "));
        String insert = "INSERT INTO " + table + " AS l (ledger_id, target, topic, partition, next, epoch) SELECT "
                + Sql.text(id) + ", '', ";
        return insert + "v.topic, " + TopicNotes.said(task) + ", " + tasks + ", 0 FROM unnest(ARRAY[" + names
                + "]) v (topic) ON CONFLICT (ledger_id, topic, partition, target) DO UPDATE SET next = EXCLUDED.next"
                + " WHERE l.next <> EXCLUDED.next; " + insert + "n.topic, " + TopicNotes.COMPLETE + ", 0, 0 FROM "
                + table + " n WHERE n.ledger_id = " + Sql.text(id) + " AND n.target = '' AND n.topic IN (" + names
                + ") GROUP BY n.topic HAVING " + TopicNotes.isComplete("n.partition", "n.next", tasks)
                + " ON CONFLICT DO NOTHING";
    }

    String forget(String topic) {
        return "DELETE FROM " + table + " WHERE ledger_id = " + Sql.text(id) + " AND target = '' AND topic = "
                + Sql.text(topic);
    }

    /** A row when this token is new for the table; other sessions that ask the same wait. */
    String resync(TableId of, String token) {
        return "INSERT INTO " + table + " AS l (ledger_id, target, topic, partition, next, epoch, resync) VALUES ("
                + Sql.text(id) + ", " + Sql.text(of.toString()) + ", '', -1, 0, 0, " + Sql.text(token)
                + ") ON CONFLICT (ledger_id, topic, partition, target) DO UPDATE SET resync = EXCLUDED.resync,"
                + " updated_at = now() WHERE l.resync IS DISTINCT FROM EXCLUDED.resync RETURNING 1";
    }

    /** Every feed of the table goes back to the beginning, and whoever has claimed one is fenced. */
    String restart(TableId of) {
        return "UPDATE " + table + " SET next = 0, epoch = epoch + 1, last_offset = NULL, last_timestamp = NULL,"
                + " last_key_hash = NULL, committed_at = NULL, updated_at = now() WHERE ledger_id = " + Sql.text(id)
                + " AND target = " + Sql.text(of.toString()) + " AND topic <> ''";
    }

    /** {@code state} is null for a table that does not wait. */
    String show(TableId of, Collection<TopicPartition> partitions, @Nullable String state, String reason) {
        return "UPDATE " + table + " SET state = " + (state == null ? "NULL" : Sql.text(state)) + ", reason = "
                + Sql.text(reason) + " WHERE " + of(partitions) + " AND target = " + Sql.text(of.toString());
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
                + " l SET next = v.next, last_offset = v.o, last_timestamp = v.ts, last_key_hash = v.h,"
                + " committed_at = greatest(l.committed_at, v.c), updated_at = now() FROM (VALUES "
                + advances.stream()
                        .map(a -> "(" + feed(a.feed()) + ", " + a.to() + "::bigint, "
                                + a.last().offset() + "::bigint, " + a.last().timestamp() + "::bigint, "
                                + a.last().keyHash() + ", " + instant(a.last().committed()) + ")")
                        .collect(Collectors.joining(", "))
                + ") v (target, topic, partition, next, o, ts, h, c) WHERE " + match();
    }

    /**
     * A view for people: per table the latest moment in the source that all its partitions have passed, as far as they
     * have brought changes, and whether it waits and why.
     */
    String freshness(String view) {
        return "CREATE OR REPLACE VIEW " + view + " AS SELECT ledger_id, target AS table_name,"
                + " min(committed_at) AS fresh_to, max(updated_at) AS applied_at, count(*) AS partitions,"
                + " coalesce(max(state), 'active') AS state, max(reason) AS reason FROM " + table
                + " WHERE target <> '' AND topic <> '' GROUP BY ledger_id, target";
    }

    private static String instant(long micros) {
        return micros < 0
                ? "NULL::timestamptz"
                : "timestamptz 'epoch' + " + micros / 1_000_000 + " * interval '1 s' + " + micros % 1_000_000
                        + " * interval '1 us'";
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

    /** The feeds of these partitions. */
    private String of(Collection<TopicPartition> partitions) {
        return all(partitions) + " AND target <> ''";
    }

    private String all(Collection<TopicPartition> partitions) {
        return "ledger_id = " + Sql.text(id) + " AND (topic, partition) IN (" + values(partitions) + ")";
    }

    private static String values(Collection<TopicPartition> partitions) {
        return partitions.stream()
                .map(each -> "(" + Sql.text(each.topic()) + ", " + each.partition() + ")")
                .collect(Collectors.joining(", "));
    }

    private static String feed(Feed feed) {
        return Sql.text(feed.table().toString()) + ", "
                + Sql.text(feed.partition().topic()) + ", " + feed.partition().partition();
    }
}
