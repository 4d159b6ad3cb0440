package io.millrace.sink.pg;

import io.millrace.sink.destination.Batch;
import io.millrace.sink.destination.Row;
import io.millrace.sink.sql.Step;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The statements that move a staged batch into its table: deletes, soft deletes, patches, upserts. Pure.
 *
 * <p>The staging table has the columns c0, c1, ... typed by the source, and behind them {@code k} (bits of {@link Row}),
 * {@code l} (layout), {@code m} (a bit per column: 1 keeps the target's value) and {@code t} (time of the delete). Where
 * all rows are whole ones of one layout those are NULL and not looked at.
 */
final class ApplySql {
    /** Stands in the error that a patch raises when a row is missing. */
    static final String ABSENT = "millrace:absent";

    private static final String DELETED = "(s.k & " + Row.DELETED + " <> 0)";

    private final Batch batch;
    private final LiveTable live;
    private final String stage;
    private final String target;
    private final boolean plain;

    ApplySql(Batch batch, LiveTable live, String stage) {
        this.batch = batch;
        this.live = live;
        this.stage = stage;
        target = Sql.table(batch.table());
        plain = batch.isPlain();
    }

    List<Step> steps() {
        List<Step> steps = new ArrayList<>();
        if (batch.truncateFirst()) {
            steps.add(Step.none("TRUNCATE " + target));
        }
        if (batch.counts().deletes() > 0) {
            steps.add(new Step(
                    Step.Effect.DELETED,
                    "DELETE FROM " + target + " t USING " + stage + " s WHERE " + is(Row.DELETE) + " AND "
                            + keyMatch()));
        }
        if (batch.counts().flags() > 0) {
            steps.add(new Step(Step.Effect.FLAGGED, flags()));
        }
        if (batch.counts().patches() > 0) {
            steps.add(new Step(Step.Effect.PATCHED, patches()));
        }
        if (batch.counts().upserts() > 0) {
            steps.addAll(upserts());
        }
        return steps;
    }

    /** For a truncate of which no row has told the table's columns: a table that is not there is empty already. */
    static String truncateIfThere(io.millrace.sink.destination.TableId table) {
        String name = Sql.table(table);
        return "DO "
                + Sql.text("BEGIN IF to_regclass(" + Sql.text(name) + ") IS NOT NULL THEN TRUNCATE " + name
                        + "; END IF; END");
    }

    /** Ordinals of the patches that must find their row and do not. */
    String absentQuery() {
        return "SELECT s.n FROM (SELECT row_number() OVER () - 1 AS n, * FROM " + stage + ") s WHERE " + is(Row.PATCH)
                + " AND s.k & " + Row.MAY_BE_ABSENT + " = 0"
                // The truncate has been rolled back by now: its rows are there again, and were not for the patches.
                + (batch.truncateFirst()
                        ? ""
                        : " AND NOT EXISTS (SELECT 1 FROM " + target + " t WHERE " + keyMatch() + ")");
    }

    private String flags() {
        return "UPDATE " + target + " t SET " + String.join(", ", sets(bookkeeping("true"))) + " FROM " + stage
                + " s WHERE " + is(Row.FLAG) + " AND " + keyMatch();
    }

    /** A patch's row must exist: the count is compared in SQL, so that COMMIT in the same message is not reached. */
    private String patches() {
        BitSet patched = new BitSet();
        List<String> sets = new ArrayList<>();
        for (int i = 0; i < batch.columns().size(); i++) {
            String name = batch.columns().get(i).name();
            if (writable(i) && updatable(i) && !batch.key().contains(name)) {
                patched.set(i);
                sets.add(Sql.name(name) + " = CASE WHEN get_bit(s.m, " + i + ") = 1 THEN t." + Sql.name(name) + " ELSE "
                        + value(i) + " END");
            }
        }
        sets.addAll(sets(bookkeeping(DELETED)));
        int required = batch.counts().patches() - batch.counts().skippable();
        String update = sets.isEmpty()
                ? "SELECT s.k FROM " + target + " t, " + stage + " s WHERE " + is(Row.PATCH) + " AND " + keyMatch()
                : "UPDATE " + target + " t SET " + String.join(", ", sets) + " FROM " + stage + " s WHERE "
                        + is(Row.PATCH) + " AND " + keyMatch() + " RETURNING s.k";
        return "WITH p AS (" + update + ") SELECT CASE WHEN count(*) FILTER (WHERE k & " + Row.MAY_BE_ABSENT
                + " = 0) = " + required + " THEN count(*) ELSE ('" + ABSENT + ":' || count(*))::int END FROM p";
    }

    private List<Step> upserts() {
        List<Step> steps = new ArrayList<>();
        for (int layout : plain ? Set.of(0) : batch.layoutsOf(Row.UPSERT)) {
            steps.add(new Step(Step.Effect.WRITTEN, upsert(layout)));
        }
        return steps;
    }

    /** One statement a layout: columns that it lacks get their default on insert and stay as they are on update. */
    private String upsert(int layout) {
        List<String> names = new ArrayList<>();
        List<String> values = new ArrayList<>();
        List<String> sets = new ArrayList<>();
        boolean overriding = false;
        for (int column : batch.layouts().get(layout)) {
            if (!writable(column)) {
                continue;
            }
            String name = batch.columns().get(column).name();
            names.add(Sql.name(name));
            values.add(value(column));
            overriding |= !updatable(column);
            if (!batch.key().contains(name) && updatable(column)) {
                sets.add(Sql.name(name) + " = EXCLUDED." + Sql.name(name));
            }
        }
        bookkeeping(DELETED).forEach((name, value) -> {
            names.add(Sql.name(name));
            values.add(value);
            sets.add(Sql.name(name) + " = EXCLUDED." + Sql.name(name));
        });
        String where = plain ? "" : " WHERE " + is(Row.UPSERT) + " AND s.l = " + layout;
        String insert = "INSERT INTO " + target + " (" + String.join(", ", names) + ")"
                + (overriding ? " OVERRIDING SYSTEM VALUE" : "") + " SELECT " + String.join(", ", values) + " FROM "
                + stage
                + " s" + where;
        if (batch.key().isEmpty()) {
            return insert;
        }
        return insert + " ON CONFLICT (" + Sql.names(batch.key()) + ") DO "
                + (sets.isEmpty() ? "NOTHING" : "UPDATE SET " + String.join(", ", sets));
    }

    private Map<String, String> bookkeeping(String deleted) {
        return batch.bookkeeping().values(deleted, "s.t", "now()");
    }

    private static List<String> sets(Map<String, String> values) {
        return values.entrySet().stream()
                .map(each -> Sql.name(each.getKey()) + " = " + each.getValue())
                .toList();
    }

    private static String is(int kind) {
        return "s.k & " + kind + " <> 0";
    }

    private String keyMatch() {
        List<String> matches = new ArrayList<>();
        for (int i = 0; i < batch.columns().size(); i++) {
            String name = batch.columns().get(i).name();
            if (batch.key().contains(name)) {
                matches.add("t." + Sql.name(name) + " = " + value(i));
            }
        }
        return String.join(" AND ", matches);
    }

    private String value(int column) {
        Batch.Column from = batch.columns().get(column);
        return Fit.judge(from.source(), from.encoding().form(), column(column)).of("s.c" + column);
    }

    private LiveColumn column(int column) {
        String name = batch.columns().get(column).name();
        LiveColumn found = live.columns().get(name);
        if (found == null) {
            throw new IllegalStateException("Table " + batch.table() + " has no column " + name);
        }
        return found;
    }

    private boolean writable(int column) {
        LiveColumn found = live.columns().get(batch.columns().get(column).name());
        return found != null && !found.generated();
    }

    private boolean updatable(int column) {
        return !column(column).identityAlways();
    }
}
