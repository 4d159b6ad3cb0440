package io.millrace.sink.warehouse.clickhouse;

import com.clickhouse.client.api.query.GenericRecord;
import io.millrace.sink.destination.Feed;
import io.millrace.sink.destination.LastRecord;
import io.millrace.sink.destination.TableId;
import io.millrace.sink.route.Router;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * The statements on the table that remembers what has been applied. Pure.
 *
 * <p>ClickHouse cannot change a row on a condition, so nothing is changed: of each feed there are two kinds of rows, of
 * which the one with the greatest version counts and the others fade away in merges. A claim says who owns the feed; a
 * state says how far it is. Whoever writes first writes down what he is about to do and then looks whether he still owns
 * the feed: of two that do so at once at least one sees the other.
 */
record Ledger(String table, String id) {
    /** Steps that an owner can count up to before it has to claim again. */
    static final int STEP_BITS = 24;

    static final String CLAIM = "claim";
    static final String STATE = "state";

    private static final String COLUMNS =
            "ledger_id, target, topic, `partition`, kind, version, owner, next, intent, topic_epoch, last_offset, last_timestamp, last_key_hash, committed, forgotten";

    /**
     * How far a feed is.
     *
     * @param version says which state is later: the owner's epoch, and the steps that it has done
     * @param topicEpoch rises when the partition is read anew: see {@link Versions}
     * @param forgotten only the topic's epoch is still known
     */
    record State(long version, long next, long intent, long topicEpoch, @Nullable LastRecord last, boolean forgotten) {}

    /** A row as it is read; a claim has no state. */
    record Entry(Feed feed, long version, String owner, @Nullable State state) {}

    static long version(long epoch, long step) {
        return epoch << STEP_BITS | step;
    }

    String create() {
        return "CREATE TABLE IF NOT EXISTS " + table + " (\n"
                + "  ledger_id String,\n  target String,\n  topic String,\n  `partition` Int32,\n  kind LowCardinality(String),\n"
                + "  version UInt64,\n  owner String,\n  next Int64,\n  intent Int64,\n  topic_epoch Int64,\n"
                + "  last_offset Int64,\n  last_timestamp Int64,\n  last_key_hash Int32,\n"
                + "  committed Nullable(DateTime64(6, 'UTC')),\n  forgotten Bool,\n"
                + "  updated_at DateTime64(6, 'UTC') DEFAULT now64(6)\n"
                + ") ENGINE = ReplacingMergeTree(version) ORDER BY (ledger_id, topic, `partition`, target, kind)";
    }

    String read(Collection<TopicPartition> partitions) {
        return select() + " AND (topic, `partition`) IN ("
                + partitions.stream()
                        .map(p -> "(" + Sql.text(p.topic()) + ", " + p.partition() + ")")
                        .collect(Collectors.joining(", "))
                + ")";
    }

    String ofTarget(TableId target) {
        return select() + " AND target = " + Sql.text(target.toString());
    }

    /** Those whose claim is the last of some feed. */
    String owners() {
        return "SELECT DISTINCT owner FROM " + table + " FINAL WHERE ledger_id = " + Sql.text(id) + " AND kind = '"
                + CLAIM + "'";
    }

    String ofTopic(String topic) {
        return select() + " AND topic = " + Sql.text(topic);
    }

    /** The tables that this connector feeds. */
    String targets() {
        return "SELECT DISTINCT target FROM " + table + " FINAL WHERE ledger_id = " + Sql.text(id) + " AND kind = '"
                + STATE + "' AND NOT forgotten";
    }

    private String select() {
        return "SELECT target, topic, `partition`, kind, toInt64(version), owner, next, intent, topic_epoch, last_offset, last_timestamp, last_key_hash, toInt32(forgotten) FROM "
                + table + " FINAL WHERE ledger_id = " + Sql.text(id);
    }

    static Entry entry(GenericRecord row) {
        Feed feed = new Feed(
                new TableId(Router.split(row.getString(1))), new TopicPartition(row.getString(2), row.getInteger(3)));
        long version = row.getLong(5);
        if (row.getString(4).equals(CLAIM)) {
            return new Entry(feed, version, row.getString(6), null);
        }
        LastRecord last =
                row.getLong(10) < 0 ? null : new LastRecord(row.getLong(10), row.getLong(11), row.getInteger(12));
        State state = new State(version, row.getLong(7), row.getLong(8), row.getLong(9), last, row.getInteger(13) != 0);
        return new Entry(feed, version, row.getString(6), state);
    }

    String write(List<Entry> entries) {
        return "INSERT INTO " + table + " (" + COLUMNS + ") VALUES "
                + entries.stream().map(this::values).collect(Collectors.joining(", "));
    }

    private String values(Entry entry) {
        State state = entry.state();
        LastRecord last = state == null ? null : state.last();
        String position =
                state == null ? "-1, -1, 0" : state.next() + ", " + state.intent() + ", " + state.topicEpoch();
        String record = last == null
                ? "-1, -1, 0, NULL"
                : last.offset() + ", " + last.timestamp() + ", " + last.keyHash() + ", "
                        + (last.committed() < 0 ? "NULL" : "fromUnixTimestamp64Micro(" + last.committed() + ", 'UTC')");
        return "(" + Sql.text(id) + ", " + Sql.text(entry.feed().table().toString()) + ", "
                + Sql.text(entry.feed().partition().topic()) + ", "
                + entry.feed().partition().partition() + ", '" + (state == null ? CLAIM : STATE) + "', "
                + entry.version() + ", " + Sql.text(entry.owner()) + ", " + position + ", " + record + ", "
                + (state != null && state.forgotten()) + ")";
    }
}
