package io.millrace.sink.warehouse.clickhouse;

import io.millrace.sink.destination.Batch;
import io.millrace.sink.destination.Outcome;
import io.millrace.sink.destination.Row;
import io.millrace.sink.destination.RowFields;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Whether a batch's rows can be written as they are: ClickHouse only writes whole rows. Those that come in part (a value
 * that the source did not send, an older schema, a soft delete) have to be completed from the table. Pure.
 */
final class Completeness {
    /** More refused rows than this are found in the next rounds. */
    private static final int ENOUGH = 100;

    private final Batch batch;
    private final LiveTable live;
    private final Set<String> expected = new TreeSet<>();

    /** {@code copy}: whether the table is one where a whole copy is gathered, which lacks nothing but what no row brings. */
    Completeness(Batch batch, LiveTable live, ClickHouseSettings settings, boolean copy) {
        this.batch = batch;
        this.live = live;
        live.columns().values().stream().filter(LiveColumn::isWritten).forEach(column -> expected.add(column.name()));
        expected.removeAll(batch.bookkeeping().values("", "", "").keySet());
        expected.remove(settings.versionColumn());
        expected.remove(settings.deletedColumn());
        if (copy) {
            expected.retainAll(batch.columns().stream().map(Batch.Column::name).toList());
        }
    }

    /** Whether the rows can go into the table as they are staged. */
    boolean isDirect() {
        for (Batch.Column column : batch.columns()) {
            LiveColumn into = live.columns().get(column.name());
            boolean converts = into != null
                    && into.isWritten()
                    && !Fit.same(into.base(), column.encoding().form());
            if (converts) {
                return false;
            }
        }
        if (batch.key().isEmpty()) {
            return true;
        }
        boolean whole = batch.counts().flags() == 0 && batch.counts().patches() == 0;
        return whole
                && batch.layoutsOf(Row.UPSERT).stream()
                        .allMatch(layout -> missing(layout).isEmpty());
    }

    /** The table's columns that the layout's rows do not bring. */
    private Set<String> missing(int layout) {
        Set<String> missing = new TreeSet<>(expected);
        for (int column : batch.layouts().get(layout)) {
            missing.remove(batch.columns().get(column).name());
        }
        return missing;
    }

    /** The rows that are not whole, soft deletes aside. */
    List<Outcome.Bad> partial() {
        List<Outcome.Bad> bad = new ArrayList<>();
        Set<Integer> whole = new HashSet<>();
        if (!batch.key().isEmpty()) {
            for (int layout = 0; layout < batch.layouts().size(); layout++) {
                if (missing(layout).isEmpty()) {
                    whole.add(layout);
                }
            }
        }
        visit((ordinal, kind, layout) -> {
            boolean part = (kind & Row.PATCH) != 0 || (kind & Row.UPSERT) != 0 && !whole.contains(layout);
            if (part && !batch.key().isEmpty() && bad.size() < ENOUGH) {
                bad.add(bad(
                        ordinal,
                        "a row comes without values for " + missing(layout)
                                + ", and ClickHouse writes whole rows: set REPLICA IDENTITY FULL on the source, drop columns that the source does not have any more, or have them read from the table by "
                                + ClickHouseWarehouse.PARTIAL_UPDATES + "=read"));
            }
        });
        return bad;
    }

    /** Rows with NULL for a column that takes none, which the server would make a zero. */
    List<Outcome.Bad> nulls() {
        List<Outcome.Bad> bad = new ArrayList<>();
        List<Integer> strict = new ArrayList<>();
        for (int i = 0; i < batch.columns().size(); i++) {
            LiveColumn into = live.columns().get(batch.columns().get(i).name());
            if (into != null
                    && into.isWritten()
                    && !into.nullable()
                    && batch.columns().get(i).source().nullable()) {
                strict.add(i);
            }
        }
        if (strict.isEmpty()) {
            return bad;
        }
        RowFields fields = new RowFields(batch);
        int[] ordinal = {0};
        try {
            batch.rows().forEach((kind, layout, bytes, offset, length, micros) -> {
                int at = ordinal[0]++;
                fields.read(layout, bytes, offset);
                for (int column : strict) {
                    if (fields.has(column) && fields.length(column) == RowFields.NULL && bad.size() < ENOUGH) {
                        bad.add(bad(
                                at,
                                "the column \"" + batch.columns().get(column).name()
                                        + "\" is not Nullable, and a row has NULL for it"));
                        break;
                    }
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bad;
    }

    private Outcome.Bad bad(int ordinal, String reason) {
        return new Outcome.Bad(
                batch.table(),
                ordinal,
                "Table " + batch.table() + ": " + reason,
                batch.rows().partition());
    }

    private interface Look {
        void at(int ordinal, int kind, int layout);
    }

    private void visit(Look look) {
        int[] ordinal = {0};
        try {
            batch.rows().forEach((kind, layout, bytes, offset, length, micros) -> look.at(ordinal[0]++, kind, layout));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
