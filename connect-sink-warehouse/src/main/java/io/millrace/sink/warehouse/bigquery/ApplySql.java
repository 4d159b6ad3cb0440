package io.millrace.sink.warehouse.bigquery;

import io.millrace.sink.destination.Batch;
import io.millrace.sink.destination.Row;
import io.millrace.sink.warehouse.bigquery.encode.Mapping;
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
 * each statement reads the table anew. Pure.
 *
 * @see <a href="https://cloud.google.com/bigquery/docs/reference/standard-sql/dml-syntax#merge_statement">MERGE</a>
 */
final class ApplySql {
    private static final String NOW = "CURRENT_TIMESTAMP()";

    private final Batch batch;
    private final LiveTable live;
    private final @Nullable Loaded staged;
    private final int number;
    private final String table;
    private final boolean plain;

    /**
     * @param staged null for a batch without rows
     * @param number the batch's place among those of a script, for messages
     */
    ApplySql(Batch batch, LiveTable live, @Nullable Loaded staged, Place place, int number) {
        this.batch = batch;
        this.live = live;
        this.staged = staged;
        this.number = number;
        table = place.sql(batch.table());
        plain = batch.isPlain();
    }

    List<String> statements() {
        List<String> statements = new ArrayList<>();
        if (batch.truncateFirst()) {
            statements.add("DELETE FROM " + table + " WHERE TRUE");
        }
        if (staged == null) {
            return statements;
        }
        if (batch.key().isEmpty()) {
            statements.add(append(staged));
            return statements;
        }
        if (batch.counts().patches() > batch.counts().skippable()) {
            statements.add(absent(staged));
        }
        statements.add(merge(staged));
        return statements;
    }

    /** Fails, naming at most a hundred places, when patches find no row. */
    private String absent(Loaded from) {
        String rows = "SELECT s.n AS n FROM (" + source(from) + ") AS s WHERE " + is(Row.PATCH) + " AND NOT "
                + is(Row.MAY_BE_ABSENT) + " AND NOT EXISTS (SELECT 1 FROM " + table + " AS t WHERE " + keyMatch(from)
                + ") ORDER BY n LIMIT 100";
        return "SELECT IF(missing IS NULL, 0, ERROR(CONCAT(" + Sql.text(BigQueryErrors.ABSENT + " " + number + ": ")
                + ", missing))) FROM (SELECT STRING_AGG(CAST(n AS STRING), ',') AS missing FROM (" + rows + "))";
    }

    private String append(Loaded from) {
        Set<Integer> layouts = plain ? Set.of(0) : batch.layoutsOf(Row.UPSERT);
        Map<String, String> values = new LinkedHashMap<>();
        for (int i = 0; i < batch.columns().size(); i++) {
            LiveColumn into = column(i);
            Set<Integer> with = having(i, layouts);
            if (into != null && !with.isEmpty()) {
                values.put(into.name(), with.size() == layouts.size() ? "s.c" + i : either(with, "s.c" + i, "NULL"));
            }
        }
        values.putAll(bookkeeping());
        if (live.column(BigQuerySettings.ORDER_COLUMN) != null) {
            values.put(
                    BigQuerySettings.ORDER_COLUMN,
                    "CAST(UNIX_MICROS(" + NOW + ") AS NUMERIC) * 1000000000 + CAST(s.n AS NUMERIC)");
        }
        return "INSERT INTO " + table + " (" + Sql.names(values.keySet()) + ")\nSELECT "
                + String.join(", ", values.values()) + "\nFROM (" + source(from) + ") AS s";
    }

    private String merge(Loaded from) {
        StringBuilder sql = new StringBuilder(
                "MERGE INTO " + table + " AS t\nUSING (" + source(from) + ") AS s\nON " + keyMatch(from));
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
                String value = "s.c" + i;
                sets.add(name + " = " + (with.size() == layouts.size() ? value : either(with, value, "t." + name)));
            }
        }
        if (!layouts.isEmpty()) {
            bookkeeping().forEach((name, value) -> sets.add(Sql.name(name) + " = " + value));
        }
        if (sets.isEmpty() && batch.counts().patches() > 0) {
            // A patch of nothing: the row is there, which is all that is asked of it.
            String key = Sql.name(Names.column(batch.key().get(0)));
            sets.add(key + " = t." + key);
        }
        return sets;
    }

    private String inserted(int layout) {
        Map<String, String> values = new LinkedHashMap<>();
        for (int column : batch.layouts().get(layout)) {
            LiveColumn into = column(column);
            if (into != null) {
                values.put(into.name(), "s.c" + column);
            }
        }
        values.putAll(bookkeeping());
        return "(" + Sql.names(values.keySet()) + ") VALUES (" + String.join(", ", values.values()) + ")";
    }

    /** The staged rows with their values as the table's columns have them. */
    private String source(Loaded from) {
        List<String> columns = new ArrayList<>();
        columns.add("n");
        if (!plain) {
            columns.addAll(List.of("k", "l", "TIMESTAMP_MICROS(m) AS m"));
        }
        for (int i = 0; i < batch.columns().size(); i++) {
            LiveColumn into = column(i);
            if (into != null) {
                String type = batch.columns().get(i).encoding().form();
                String read = Mapping.read(type, "c" + i);
                columns.add(
                        (into.type().equals(type) ? read : "CAST(" + read + " AS " + into.type() + ")") + " AS c" + i);
            }
        }
        return "SELECT " + String.join(", ", columns) + " FROM " + from.table();
    }

    private String keyMatch(Loaded from) {
        List<String> conditions = new ArrayList<>();
        List<String> bounds = new ArrayList<>();
        for (String name : batch.key()) {
            for (int i = 0; i < batch.columns().size(); i++) {
                Batch.Column column = batch.columns().get(i);
                LiveColumn into = column(i);
                if (!column.name().equals(name) || into == null) {
                    continue;
                }
                conditions.add("t." + Sql.name(into.name()) + " = s.c" + i);
                Loaded.Range range = from.bounds().get(name);
                if (range != null && into.type().equals(column.encoding().form())) {
                    bounds.add("t." + Sql.name(into.name()) + " BETWEEN " + range.from() + " AND " + range.to());
                }
            }
        }
        conditions.addAll(bounds);
        return String.join(" AND ", conditions);
    }

    private Map<String, String> bookkeeping() {
        Map<String, String> values = new LinkedHashMap<>();
        batch.bookkeeping()
                .values("(s.k & " + (Row.DELETED | Row.FLAG) + ") <> 0", "s.m", NOW)
                .forEach((name, value) -> values.put(Names.column(name), value));
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
        return live.column(batch.columns().get(column).name());
    }

    private static String is(int bit) {
        return "(s.k & " + bit + ") <> 0";
    }
}
