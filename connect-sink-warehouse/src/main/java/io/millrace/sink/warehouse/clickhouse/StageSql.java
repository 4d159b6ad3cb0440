package io.millrace.sink.warehouse.clickhouse;

import io.millrace.sink.destination.Batch;
import io.millrace.sink.destination.Row;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The statements that move rows from the place where they wait into their table, completing those that came in part from
 * the row that is there. Pure.
 *
 * <p>The place has the columns c0, c1, ... in their staged types, and {@code k} (bits of {@link Row}), {@code l} (layout),
 * {@code m} (time of the delete), {@code o} (place in the batch), {@code v} (offset).
 */
final class StageSql {
    private static final String DELETED = "bitAnd(s.k, " + (Row.DELETED | Row.FLAG) + ") != 0";
    /** More inserts than a batch has. */
    private static final int WINDOW = 10_000;

    private static final String SETTINGS = " SETTINGS join_use_nulls = 0";

    private final Batch batch;
    private final LiveTable live;
    private final ClickHouseSettings settings;
    private final String stage;
    private final String table;

    /** {@code stage}: quoted, with its database. */
    StageSql(Batch batch, LiveTable live, ClickHouseSettings settings, String stage) {
        this.batch = batch;
        this.live = live;
        this.settings = settings;
        this.stage = stage;
        table = Sql.table(live.table());
    }

    static String create(Batch batch, String stage) {
        StringBuilder columns = new StringBuilder();
        for (int i = 0; i < batch.columns().size(); i++) {
            columns.append('c')
                    .append(i)
                    .append(" Nullable(")
                    .append(batch.columns().get(i).encoding().form())
                    .append("), ");
        }
        return "CREATE TABLE " + stage + " (" + columns + "k UInt8, l Int32, m Nullable(" + TablePlan.INSTANT
                + "), o Int32, v Int64) ENGINE = MergeTree ORDER BY o SETTINGS non_replicated_deduplication_window = "
                + WINDOW;
    }

    /** Places and kinds of patches and soft deletes that find no row. */
    String absent() {
        return "SELECT s.o, toInt32(s.k) FROM " + stage + " AS s LEFT JOIN " + current(List.of()) + " AS t ON " + join()
                + " WHERE bitAnd(s.k, " + (Row.PATCH | Row.FLAG) + ") != 0 AND t.f = 0 ORDER BY s.o" + SETTINGS;
    }

    /**
     * Writes every row that is staged.
     *
     * @param floor the version of offset 0
     */
    List<String> writes(long floor) {
        if (batch.key().isEmpty()) {
            return List.of(append(floor));
        }
        List<String> writes = new ArrayList<>();
        if (batch.counts().deletes() > 0) {
            writes.add(tombstones(floor));
        }
        if (batch.counts().deletes() < batch.rows().count()) {
            writes.add(rows(floor));
        }
        return writes;
    }

    private String tombstones(long floor) {
        Map<String, String> values = new LinkedHashMap<>();
        batch.key().forEach(name -> values.put(name, key(name)));
        values.put(settings.versionColumn(), version(floor));
        values.put(settings.deletedColumn(), "1");
        return insert(values) + " FROM " + stage + " AS s WHERE bitAnd(s.k, " + Row.DELETE + ") != 0";
    }

    private String rows(long floor) {
        Map<String, String> values = new LinkedHashMap<>();
        List<String> kept = new ArrayList<>();
        Set<String> own = batch.bookkeeping().values("", "", "").keySet();
        for (LiveColumn column : live.columns().values()) {
            String name = column.name();
            if (!column.isWritten()
                    || own.contains(name)
                    || name.equals(settings.versionColumn())
                    || name.equals(settings.deletedColumn())) {
                continue;
            }
            if (batch.key().contains(name)) {
                values.put(name, key(name));
                continue;
            }
            kept.add(name);
            String old = "t.g" + (kept.size() - 1);
            Integer staged = staged(name);
            values.put(name, staged == null ? old : either(staged, old, column));
        }
        values.putAll(batch.bookkeeping().values(DELETED, "s.m", "now64(6)"));
        values.put(settings.versionColumn(), version(floor));
        values.put(settings.deletedColumn(), "0");
        return insert(values) + " FROM " + stage + " AS s LEFT JOIN " + current(kept) + " AS t ON " + join()
                + " WHERE bitAnd(s.k, " + Row.UPSERT + ") != 0 OR bitAnd(s.k, " + (Row.PATCH | Row.FLAG)
                + ") != 0 AND t.f = 1" + SETTINGS;
    }

    private String append(long floor) {
        Map<String, String> values = new LinkedHashMap<>();
        for (int i = 0; i < batch.columns().size(); i++) {
            LiveColumn into = live.columns().get(batch.columns().get(i).name());
            if (into != null && into.isWritten()) {
                values.put(into.name(), cast(i, into));
            }
        }
        values.putAll(batch.bookkeeping().values(DELETED, "s.m", "now64(6)"));
        values.put(settings.versionColumn(), version(floor));
        // In one order, so that a repetition makes the same blocks.
        return insert(values) + " FROM " + stage
                + " AS s ORDER BY s.o SETTINGS max_threads = 1, max_insert_threads = 1";
    }

    /** The rows that are there of the keys that are staged; {@code f} is 1, and the kept columns are g0, g1, ... */
    private String current(List<String> kept) {
        List<String> columns = new ArrayList<>();
        for (int i = 0; i < batch.key().size(); i++) {
            columns.add(Sql.name(batch.key().get(i)) + " AS k" + i);
        }
        for (int i = 0; i < kept.size(); i++) {
            columns.add(Sql.name(kept.get(i)) + " AS g" + i);
        }
        columns.add("1 AS f");
        String condition = batch.truncateFirst()
                ? "0"
                : "(" + Sql.names(batch.key()) + ") IN (SELECT "
                        + batch.key().stream().map(this::key).collect(Collectors.joining(", ")) + " FROM " + stage
                        + " AS s)";
        return "(SELECT " + String.join(", ", columns) + " FROM " + table + " FINAL WHERE " + condition + ")";
    }

    private String join() {
        List<String> conditions = new ArrayList<>();
        for (int i = 0; i < batch.key().size(); i++) {
            conditions.add("t.k" + i + " = " + key(batch.key().get(i)));
        }
        return String.join(" AND ", conditions);
    }

    /** The staged value where the row's layout has the column, else the one that is there. */
    private String either(int column, String old, LiveColumn into) {
        Set<Integer> with = new TreeSet<>();
        for (int layout = 0; layout < batch.layouts().size(); layout++) {
            for (int each : batch.layouts().get(layout)) {
                if (each == column) {
                    with.add(layout);
                }
            }
        }
        String value = cast(column, into);
        return with.size() == batch.layouts().size()
                ? value
                : "if(s.l IN (" + with.stream().map(String::valueOf).collect(Collectors.joining(", ")) + "), " + value
                        + ", " + old + ")";
    }

    private String key(String name) {
        LiveColumn into = live.columns().get(name);
        Integer column = staged(name);
        if (into == null || column == null) {
            throw new IllegalStateException("Table " + live.table() + " lacks the key's column " + name);
        }
        return cast(column, into);
    }

    /** The staged value in the type of the table's column; a row that lacks it has NULL, which some types do not take. */
    private String cast(int column, LiveColumn into) {
        String value = "s.c" + column;
        if (into.nullable()) {
            return "CAST(" + value + " AS " + into.type() + ")";
        }
        return "CAST(ifNull(" + value + ", defaultValueOfTypeName("
                + Sql.text(batch.columns().get(column).encoding().form()) + ")) AS " + into.type() + ")";
    }

    private @Nullable Integer staged(String name) {
        for (int i = 0; i < batch.columns().size(); i++) {
            if (batch.columns().get(i).name().equals(name)) {
                return i;
            }
        }
        return null;
    }

    private static String version(long floor) {
        return "toUInt64(" + floor + " + s.v)";
    }

    private String insert(Map<String, String> values) {
        return "INSERT INTO " + table + " (" + Sql.names(values.keySet()) + ") SELECT "
                + String.join(", ", values.values());
    }
}
