package io.millrace.sink.warehouse.duckdb;

import io.millrace.sink.destination.Batch;
import io.millrace.sink.destination.Row;
import io.millrace.sink.sql.Step;
import io.millrace.sink.warehouse.duckdb.encode.Mapping;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The statements that move a staged batch into its table: deletes, soft deletes, patches, upserts. Pure.
 *
 * <p>The staging table has the columns c0, c1, ... in their staged types, and behind them {@code k} (bits of {@link Row}),
 * {@code l} (layout) and {@code m} (time of the delete); where all rows are whole ones of one layout those are left out.
 */
final class ApplySql {
    private static final String DELETED = "s.k & " + Row.DELETED + " <> 0";

    private final Batch batch;
    private final LiveTable live;
    private final String stage;
    private final String table;
    private final String target;
    private final boolean plain;

    ApplySql(Batch batch, LiveTable live, String stage) {
        this.batch = batch;
        this.live = live;
        this.stage = stage + " AS s";
        table = Sql.table(live.catalog(), batch.table());
        target = table + " AS t";
        plain = batch.isPlain();
    }

    List<Step> steps() {
        List<Step> steps = new ArrayList<>();
        if (batch.truncateFirst()) {
            steps.add(Step.none("DELETE FROM " + table));
        }
        if (batch.counts().deletes() > 0) {
            steps.add(new Step(Step.Effect.DELETED, delete(is(Row.DELETE))));
        }
        if (batch.counts().flags() > 0) {
            steps.add(new Step(Step.Effect.FLAGGED, flags()));
        }
        if (batch.counts().patches() > 0) {
            patches(steps);
        }
        if (batch.counts().upserts() > 0) {
            upserts(steps);
        }
        return steps;
    }

    private String delete(String which) {
        return "DELETE FROM " + target + " USING " + stage + " WHERE " + which + keyMatch();
    }

    private String flags() {
        return update(sets(bookkeeping("true")), is(Row.FLAG));
    }

    private void patches(List<Step> steps) {
        if (batch.counts().patches() > batch.counts().skippable()) {
            steps.add(new Step(
                    Step.Effect.ABSENT,
                    "SELECT s.rowid FROM " + stage + " WHERE " + is(Row.PATCH) + "s.k & " + Row.MAY_BE_ABSENT
                            + " = 0 AND NOT EXISTS (SELECT 1 FROM " + target + " WHERE " + keyMatch() + ")"));
        }
        Set<Integer> used = batch.layoutsOf(Row.PATCH);
        List<String> sets = new ArrayList<>();
        for (int i = 0; i < batch.columns().size(); i++) {
            String name = batch.columns().get(i).name();
            Set<Integer> with = having(i, used);
            if (!with.isEmpty() && writable(i) && !batch.key().contains(name)) {
                sets.add(Sql.name(name) + " = "
                        + (with.size() == used.size() ? value(i) : either(with, value(i), "t." + Sql.name(name))));
            }
        }
        sets.addAll(sets(bookkeeping(DELETED)));
        if (sets.isEmpty()) {
            // The row is looked for and there is nothing to change.
            String key = Sql.name(batch.key().get(0));
            sets.add(key + " = t." + key);
        }
        steps.add(new Step(Step.Effect.PATCHED, update(sets, is(Row.PATCH))));
    }

    /** All rows in one statement, so that those of different layouts stay in their order. */
    private Step log(Set<Integer> layouts) {
        Map<String, String> values = new LinkedHashMap<>();
        for (int i = 0; i < batch.columns().size(); i++) {
            Set<Integer> with = having(i, layouts);
            LiveColumn into = live.columns().get(batch.columns().get(i).name());
            if (into != null && !with.isEmpty()) {
                values.put(
                        into.name(),
                        with.size() == layouts.size() ? value(i) : either(with, value(i), into.standard()));
            }
        }
        values.putAll(bookkeeping(DELETED));
        return new Step(
                Step.Effect.WRITTEN,
                "INSERT INTO " + table + " (" + Sql.names(values.keySet()) + ") SELECT "
                        + String.join(", ", values.values()) + " FROM " + stage);
    }

    private static String either(Set<Integer> layouts, String value, String otherwise) {
        return "CASE WHEN s.l IN (" + layouts.stream().map(String::valueOf).collect(Collectors.joining(", "))
                + ") THEN " + value + " ELSE " + otherwise + " END";
    }

    private void upserts(List<Step> steps) {
        if (batch.key().isEmpty() && !plain) {
            steps.add(log(batch.layoutsOf(Row.UPSERT)));
            return;
        }
        for (int layout : plain ? Set.of(0) : batch.layoutsOf(Row.UPSERT)) {
            String which = plain ? "" : is(Row.UPSERT) + "s.l = " + layout + " AND ";
            List<String> names = new ArrayList<>();
            List<String> values = new ArrayList<>();
            List<String> sets = new ArrayList<>();
            for (int column : batch.layouts().get(layout)) {
                if (writable(column)) {
                    String name = batch.columns().get(column).name();
                    names.add(name);
                    values.add(value(column));
                    if (!batch.key().contains(name)) {
                        sets.add(Sql.name(name) + " = " + value(column));
                    }
                }
            }
            Map<String, String> own = bookkeeping(DELETED);
            sets.addAll(sets(own));
            names.addAll(own.keySet());
            values.addAll(own.values());
            String insert = "INSERT INTO " + table + " (" + Sql.names(names) + ") SELECT " + String.join(", ", values)
                    + " FROM " + stage;
            String condition = which.isEmpty() ? "" : " WHERE " + which.substring(0, which.length() - " AND ".length());
            if (batch.key().isEmpty() || batch.truncateFirst() && batch.counts().patches() == 0) {
                steps.add(new Step(Step.Effect.WRITTEN, insert + condition));
            } else if (new HashSet<>(names).containsAll(live.columns().keySet())) {
                // Writing a columnar row anew is cheaper than changing each of its columns.
                steps.add(Step.none(delete(which)));
                steps.add(new Step(Step.Effect.WRITTEN, insert + condition));
            } else {
                // Columns outside the layout keep their values.
                if (!sets.isEmpty()) {
                    steps.add(new Step(Step.Effect.WRITTEN, update(sets, which)));
                }
                steps.add(new Step(
                        Step.Effect.WRITTEN,
                        insert + " WHERE " + which + "NOT EXISTS (SELECT 1 FROM " + target + " WHERE " + keyMatch()
                                + ")"));
            }
        }
    }

    private String update(List<String> sets, String which) {
        return "UPDATE " + target + " SET " + String.join(", ", sets) + " FROM " + stage + " WHERE " + which
                + keyMatch();
    }

    private Map<String, String> bookkeeping(String deleted) {
        return batch.bookkeeping().values(deleted, "s.m", "now()");
    }

    private static List<String> sets(Map<String, String> values) {
        return values.entrySet().stream()
                .map(each -> Sql.name(each.getKey()) + " = " + each.getValue())
                .toList();
    }

    /** Those of the layouts that have the column. */
    private Set<Integer> having(int column, Set<Integer> layouts) {
        Set<Integer> having = new TreeSet<>();
        for (int layout : layouts) {
            for (int each : batch.layouts().get(layout)) {
                if (each == column) {
                    having.add(layout);
                }
            }
        }
        return having;
    }

    private boolean writable(int column) {
        return live.columns().containsKey(batch.columns().get(column).name());
    }

    /** The staged value in the type of the table's column. */
    private String value(int column) {
        Batch.Column of = batch.columns().get(column);
        LiveColumn into = live.columns().get(of.name());
        String form = of.encoding().form();
        String read = Mapping.read(form, "s.c" + column);
        return into == null || into.type().equals(Mapping.readType(form))
                ? read
                : "CAST(" + read + " AS " + into.type() + ")";
    }

    private String keyMatch() {
        List<String> conditions = new ArrayList<>();
        for (String name : batch.key()) {
            for (int i = 0; i < batch.columns().size(); i++) {
                if (batch.columns().get(i).name().equals(name)) {
                    conditions.add("t." + Sql.name(name) + " = " + value(i));
                }
            }
        }
        return String.join(" AND ", conditions);
    }

    private static String is(int bit) {
        return "s.k & " + bit + " <> 0 AND ";
    }
}
