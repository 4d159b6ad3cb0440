package io.millrace.sink.warehouse.clickhouse;

import com.clickhouse.client.api.query.GenericRecord;
import com.clickhouse.data.ClickHouseFormat;
import io.millrace.sink.destination.Advance;
import io.millrace.sink.destination.Batch;
import io.millrace.sink.destination.Feed;
import io.millrace.sink.destination.Outcome;
import io.millrace.sink.destination.Row;
import io.millrace.sink.destination.Staged;
import io.millrace.sink.destination.TableId;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.BiPredicate;
import java.util.function.Function;
import org.apache.kafka.connect.errors.ConnectException;

/**
 * One apply: looks at the ledger, refuses what cannot be written, writes down what is about to be, writes it, and moves
 * the ledger. Each step may be the last, and each may be done again.
 */
final class Apply {
    /** Rows of one insert, which the server takes as one block: all of them, or none. */
    static final int ROWS = 100_000;

    private final Server server;
    private final LedgerTable ledger;
    private final Function<TableId, Optional<LiveTable>> live;
    private final BiPredicate<TableId, TableId> feeds;
    private final BiFunction<Batch, LiveTable, Completeness> complete;
    private final Map<Batch, Advance> ranges = new IdentityHashMap<>();
    private long absent;

    /** {@code feeds}: whether the changes of the first table, as the ledger knows it, are written to the second. */
    Apply(
            Server server,
            LedgerTable ledger,
            Function<TableId, Optional<LiveTable>> live,
            BiPredicate<TableId, TableId> feeds,
            BiFunction<Batch, LiveTable, Completeness> complete) {
        this.server = server;
        this.ledger = ledger;
        this.live = live;
        this.feeds = feeds;
        this.complete = complete;
    }

    Outcome run(List<Staged> staged, List<Advance> advances) {
        Map<Feed, Ledger.State> states = ledger.check(advances);
        if (states == null) {
            return new Outcome.Fenced();
        }
        List<Outcome.Bad> bad = new ArrayList<>();
        for (Staged each : staged) {
            ranges.put(each.batch(), range(each.batch(), advances));
            refuse(each, bad);
        }
        if (!bad.isEmpty()) {
            return new Outcome.Rejected(bad);
        }
        List<Advance> begun = advances.stream().filter(ranges::containsValue).toList();
        if (!ledger.intend(begun, states)) {
            return new Outcome.Fenced();
        }
        long written = 0;
        long patched = 0;
        long deleted = 0;
        for (Staged each : staged) {
            Advance range = Objects.requireNonNull(ranges.get(each.batch()));
            write(each, range, Objects.requireNonNull(states.get(range.feed())).topicEpoch());
            Batch.Counts counts = each.batch().counts();
            written += counts.upserts();
            patched += counts.patches();
            deleted += counts.deletes() + counts.flags();
        }
        ledger.end(advances, states);
        long missed = Math.min(absent, patched);
        return new Outcome.Applied(written, patched - missed, deleted - (absent - missed), absent);
    }

    private Advance range(Batch batch, List<Advance> advances) {
        for (Advance advance : advances) {
            if (advance.feed().partition().equals(batch.rows().partition())
                    && feeds.test(advance.feed().table(), batch.table())) {
                return advance;
            }
        }
        throw new ConnectException("Table " + batch.table() + ": no range of the ledger belongs to its rows");
    }

    private void refuse(Staged staged, List<Outcome.Bad> bad) {
        Batch batch = staged.batch();
        if (batch.rows().count() == 0) {
            return;
        }
        LiveTable table = table(batch);
        Completeness completeness = complete.apply(batch, table);
        bad.addAll(completeness.nulls());
        if (staged.handle().isEmpty()) {
            return;
        }
        if (!server.settings().rereads()) {
            bad.addAll(completeness.partial());
        }
        if (bad.isEmpty()
                && !batch.key().isEmpty()
                && batch.counts().flags() + batch.counts().patches() > 0) {
            for (GenericRecord row : server.query(sql(staged, table).absent())) {
                int kind = row.getInteger(2);
                if ((kind & Row.PATCH) != 0 && (kind & Row.MAY_BE_ABSENT) == 0) {
                    Outcome.Bad missing = Outcome.Bad.absent(batch.table(), row.getInteger(1));
                    bad.add(new Outcome.Bad(
                            batch.table(),
                            missing.ordinal(),
                            missing.reason(),
                            batch.rows().partition()));
                } else {
                    absent++;
                }
            }
        }
    }

    private void write(Staged staged, Advance range, long topicEpoch) {
        Batch batch = staged.batch();
        Optional<LiveTable> found = live.apply(batch.table());
        if (found.isEmpty() && batch.rows().count() == 0) {
            // A truncate of a table that is not there: it is empty already.
            return;
        }
        LiveTable table = table(batch);
        if (batch.truncateFirst()) {
            // By version, so that a task that was taken for dead cannot empty the table of what came later.
            server.execute("DELETE FROM " + Sql.table(table.table()) + " WHERE "
                    + Sql.name(server.settings().versionColumn()) + " < " + Versions.of(topicEpoch, range.from()));
        }
        if (batch.rows().count() == 0) {
            return;
        }
        String token = batch.key().isEmpty() ? token(range, topicEpoch, table) : "";
        if (staged.handle().isEmpty()) {
            insert(
                    InsertRows.into(table, batch, server.settings(), offset -> Versions.of(topicEpoch, offset)),
                    table,
                    batch.rows().count(),
                    token);
            return;
        }
        for (String statement : sql(staged, table).writes(Versions.floor(topicEpoch))) {
            server.execute(
                    token.isEmpty()
                            ? statement
                            : statement + ", insert_deduplicate = 1, insert_deduplication_token = " + Sql.text(token));
        }
    }

    private void insert(InsertRows rows, LiveTable table, int count, String token) {
        insert(server, Sql.table(table.table()), rows, count, token);
    }

    /** Sends rows by so many that the server takes them as one. */
    static void insert(Server server, String table, InsertRows rows, int count, String token) {
        String into = table + " (" + rows.columns() + ")";
        ClickHouseFormat format =
                rows.hasDefaults() ? ClickHouseFormat.RowBinaryWithDefaults : ClickHouseFormat.RowBinary;
        for (int from = 0; from < count; from += ROWS) {
            int first = from;
            int last = Math.min(count, from + ROWS);
            server.insert(
                    into, format, token.isEmpty() ? "" : token + "#" + first, out -> rows.write(first, last, out));
        }
    }

    /** The same for the same range of the same partition, whoever writes it. */
    private String token(Advance range, long topicEpoch, LiveTable table) {
        return ledger.statements().id() + "/" + range.feed().partition() + "/" + topicEpoch + "/" + range.from() + "-"
                + range.to() + "/" + table.table();
    }

    private StageSql sql(Staged staged, LiveTable table) {
        return new StageSql(staged.batch(), table, server.settings(), staged.handle());
    }

    private LiveTable table(Batch batch) {
        return live.apply(batch.table()).orElseThrow(() -> new ConnectException("Table " + batch.table() + " is gone"));
    }
}
