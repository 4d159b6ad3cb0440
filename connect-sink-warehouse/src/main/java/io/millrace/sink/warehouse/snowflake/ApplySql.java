package io.millrace.sink.warehouse.snowflake;

import io.millrace.sink.destination.Batch;
import io.millrace.sink.destination.Row;
import io.millrace.sink.warehouse.snowflake.encode.Mapping;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The statements that move a staged batch into its table: one MERGE for deletes, soft deletes, patches and upserts, since
 * each statement writes anew the micro-partitions that it touches. Pure.
 *
 * @see <a href="https://docs.snowflake.com/en/sql-reference/sql/merge">MERGE</a>
 */
final class ApplySql {
    private final Batch batch;
    private final LiveTable live;
    private final String stage;
    private final Place place;
    private final String table;
    private final boolean plain;

    /** @param stage the staging table, as a statement names it; empty for a batch without rows */
    ApplySql(Batch batch, LiveTable live, String stage, Place place) {
        this.batch = batch;
        this.live = live;
        this.stage = stage;
        this.place = place;
        table = place.sql(batch.table());
        plain = batch.isPlain();
    }

    /** Empties the table; null where that is not asked for. */
    @Nullable
    String truncate() {
        return batch.truncateFirst() ? "DELETE FROM " + table : null;
    }

    /** The places of patches that find no row, at most a hundred; null where none has to. */
    @Nullable
    String absent() {
        if (stage.isEmpty() || batch.counts().patches() <= batch.counts().skippable()) {
            return null;
        }
        return "SELECT s.n FROM (" + source() + ") AS s LEFT JOIN " + table + " AS t ON " + keyMatch() + " WHERE "
                + is(Row.PATCH) + " AND BITAND(s.k, " + Row.MAY_BE_ABSENT + ") = 0 AND t."
                + place.column(batch.key().get(0)) + " IS NULL ORDER BY s.n LIMIT 100";
    }

    /** For a batch without a key, all of whose rows are new ones; null for others. */
    @Nullable
    String append() {
        if (stage.isEmpty() || !batch.key().isEmpty()) {
            return null;
        }
        Set<Integer> layouts = plain ? Set.of(0) : batch.layoutsOf(Row.UPSERT);
        Map<String, String> values = new LinkedHashMap<>();
        for (int i = 0; i < batch.columns().size(); i++) {
            LiveColumn into = column(i);
            Set<Integer> with = having(i, layouts);
            if (into != null && !with.isEmpty()) {
                values.put(into.name(), with.size() == layouts.size() ? "s.v" + i : either(with, "s.v" + i, "NULL"));
            }
        }
        values.putAll(bookkeeping());
        if (live.columns().containsKey(place.name(SnowflakeSettings.ORDER_COLUMN))) {
            values.put(
                    place.name(SnowflakeSettings.ORDER_COLUMN),
                    "CAST(DATE_PART('EPOCH_MICROSECOND', " + Sql.NOW + ") AS NUMBER(28,0)) * 1000000000 + s.n");
        }
        return "INSERT INTO " + table + " (" + Sql.names(values.keySet()) + ")\nSELECT "
                + String.join(", ", values.values()) + "\nFROM (" + source() + ") AS s";
    }

    /** For a batch with a key; null for others. */
    @Nullable
    String merge() {
        if (stage.isEmpty() || batch.key().isEmpty()) {
            return null;
        }
        StringBuilder sql =
                new StringBuilder("MERGE INTO " + table + " AS t\nUSING (" + source() + ") AS s\nON " + keyMatch());
        if (batch.counts().deletes() > 0) {
            sql.append("\nWHEN MATCHED AND ").append(is(Row.DELETE)).append(" THEN DELETE");
        }
        List<String> sets = sets();
        if (!sets.isEmpty()) {
            sql.append("\nWHEN MATCHED THEN UPDATE SET ").append(String.join(", ", sets));
        }
        if (batch.counts().upserts() > 0) {
            for (int layout : plain ? Set.of(0) : batch.layoutsOf(Row.UPSERT)) {
                sql.append("\nWHEN NOT MATCHED");
                sql.append(plain ? "" : " AND " + is(Row.UPSERT) + " AND s.l = " + layout);
                sql.append(" THEN INSERT ").append(inserted(layout));
            }
        }
        return sql.toString();
    }

    /** Of each column the staged value where the row's layout has it, and else what is there. */
    private List<String> sets() {
        Set<Integer> layouts = new TreeSet<>();
        if (plain) {
            layouts.add(0);
        } else {
            layouts.addAll(batch.layoutsOf(Row.UPSERT | Row.PATCH | Row.FLAG));
        }
        List<String> sets = new ArrayList<>();
        for (int i = 0; i < batch.columns().size(); i++) {
            LiveColumn into = column(i);
            Set<Integer> with = having(i, layouts);
            if (into != null
                    && !with.isEmpty()
                    && !batch.key().contains(batch.columns().get(i).name())) {
                String name = Sql.name(into.name());
                String value = "s.v" + i;
                sets.add(name + " = " + (with.size() == layouts.size() ? value : either(with, value, "t." + name)));
            }
        }
        if (!layouts.isEmpty()) {
            bookkeeping().forEach((name, value) -> sets.add(Sql.name(name) + " = " + value));
        }
        if (sets.isEmpty() && !layouts.isEmpty()) {
            // A row of a key and nothing else is there, which is all that is asked of it; it counts as written.
            String key = place.column(batch.key().get(0));
            sets.add(key + " = t." + key);
        }
        return sets;
    }

    private String inserted(int layout) {
        Map<String, String> values = new LinkedHashMap<>();
        for (int column : batch.layouts().get(layout)) {
            LiveColumn into = column(column);
            if (into != null) {
                values.put(into.name(), "s.v" + column);
            }
        }
        values.putAll(bookkeeping());
        return "(" + Sql.names(values.keySet()) + ") VALUES (" + String.join(", ", values.values()) + ")";
    }

    /** The staged rows with their values as the table's columns have them. */
    private String source() {
        List<String> columns = new ArrayList<>();
        columns.add("n");
        if (!plain) {
            columns.addAll(List.of("k", "l", "TO_TIMESTAMP_TZ(m, 6) AS m_at"));
        }
        for (int i = 0; i < batch.columns().size(); i++) {
            LiveColumn into = column(i);
            if (into != null) {
                String type = batch.columns().get(i).encoding().form();
                String read = Mapping.read(type, "c" + i);
                columns.add(
                        (into.type().equals(type) ? read : "CAST(" + read + " AS " + into.type() + ")") + " AS v" + i);
            }
        }
        return "SELECT " + String.join(", ", columns) + " FROM " + stage;
    }

    private String keyMatch() {
        List<String> conditions = new ArrayList<>();
        for (String name : batch.key()) {
            for (int i = 0; i < batch.columns().size(); i++) {
                if (batch.columns().get(i).name().equals(name)) {
                    conditions.add("t." + place.column(name) + " = s.v" + i);
                }
            }
        }
        return String.join(" AND ", conditions);
    }

    private Map<String, String> bookkeeping() {
        Map<String, String> values = new LinkedHashMap<>();
        batch.bookkeeping()
                .values(
                        plain ? "FALSE" : "BITAND(s.k, " + (Row.DELETED | Row.FLAG) + ") <> 0",
                        plain ? "CAST(NULL AS TIMESTAMP_TZ(6))" : "s.m_at",
                        Sql.NOW)
                .forEach((name, value) -> values.put(place.name(name), value));
        return values;
    }

    private static String either(Set<Integer> layouts, String value, String otherwise) {
        return "CASE WHEN s.l IN (" + layouts.stream().map(String::valueOf).collect(Collectors.joining(", "))
                + ") THEN " + value + " ELSE " + otherwise + " END";
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

    private @Nullable LiveColumn column(int column) {
        return live.columns().get(place.name(batch.columns().get(column).name()));
    }

    private static String is(int bit) {
        return "BITAND(s.k, " + bit + ") <> 0";
    }
}
