package io.millrace.source;

import io.millrace.source.catalog.KeyColumns;
import io.millrace.source.catalog.TableFilter;
import io.millrace.source.catalog.TableId;
import io.millrace.source.query.MirrorSettings;
import io.millrace.source.query.MirrorSettings.ChangeDetection;
import io.millrace.source.query.MirrorSettings.Late;
import io.millrace.source.query.MirrorSettings.Watermark;
import io.millrace.source.query.Template;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.jspecify.annotations.Nullable;

/** One mirror's keys, its own before the common ones. */
final class MirrorKeys {
    private static final String TABLE = "table";
    private static final String QUERY = "query";
    private static final String COLUMN = "watermark.column";
    private static final String BOUNDARY = "watermark.boundary";

    private final String name;
    private final Set<String> own;
    private final AbstractConfig config;

    /** @param name empty for the only one */
    MirrorKeys(String name, ConfigDef def, Map<String, String> values, Set<String> own) {
        this.name = name;
        this.own = Set.copyOf(own);
        this.config = new Values(def, values);
    }

    private static final class Values extends AbstractConfig {
        Values(ConfigDef def, Map<String, String> values) {
            super(def, values, false);
        }
    }

    /** The full name of the key that has to change. */
    String key(String key) {
        boolean common =
                name.isEmpty() || !own.contains(key) && config.originals().containsKey(key);
        return common ? key : QueryKeys.MIRRORS + "." + name + "." + key;
    }

    private ConfigException error(String key, @Nullable Object value, String message) {
        return new ConfigException(key(key), value, message);
    }

    MirrorSettings settings() {
        String query = config.getString(QUERY).strip();
        boolean full = "full".equals(config.getString("mode"));
        @Nullable TableId watermarkTable = table("watermark.table");
        @Nullable TableId table = table(TABLE);
        if (table == null) {
            table = watermarkTable;
        }
        if (table == null) {
            throw error(
                    TABLE,
                    "",
                    query.isEmpty()
                            ? "has to be set: what is mirrored, as schema.table"
                            : "has to be set, or watermark.table: under which name the query's rows appear");
        }
        @Nullable Template template = query.isEmpty() ? null : new Template(query);
        @Nullable
        Watermark watermark = full ? none() : watermark(watermarkTable == null ? table : watermarkTable, template);
        if (template != null && (full ? template.hasAny() : !template.hasBoth())) {
            throw error(
                    QUERY,
                    query,
                    full
                            ? "{{.start}} and {{.end}} have no meaning in mode=full"
                            : "needs {{.start}} and {{.end}}, in the condition on the watermark column");
        }
        String filter = config.getString("row.filter").strip();
        if (template != null && !filter.isEmpty()) {
            throw error("row.filter", filter, "is for tables: write the condition into the query");
        }
        return new MirrorSettings(
                name.isEmpty() ? table.toString() : name,
                table,
                KeyColumns.of(config.getString(KeyColumns.KEY)),
                template,
                watermark,
                config.getLong("refresh.interval.ms"),
                config.getInt("rows.per.partition"),
                config.getInt("snapshot.max.parallel.workers"),
                config.getBoolean("initial.copy.only"),
                rowLimit(watermark),
                filter.isEmpty() ? null : filter,
                ChangeDetection.valueOf(config.getString("change.detection").toUpperCase(Locale.ROOT)),
                config.getLong("change.detection.trust.ms"));
    }

    private @Nullable Watermark none() {
        String column = config.getString(COLUMN);
        if (!column.isEmpty()) {
            throw error(COLUMN, column, "has no meaning in mode=full, which reads everything");
        }
        return null;
    }

    private long rowLimit(@Nullable Watermark watermark) {
        long rows = config.getLong("max.rows.per.refresh");
        if (rows > 0 && (watermark == null || Watermark.XMIN.equals(watermark.column()))) {
            throw error("max.rows.per.refresh", rows, "needs a watermark column, whose order says where a run may end");
        }
        if (rows > 0 && config.getBoolean("initial.copy.only")) {
            throw error(
                    "max.rows.per.refresh",
                    rows,
                    "would leave out the rest, as initial.copy.only ends with the first run: set one of them only");
        }
        return rows;
    }

    private Watermark watermark(TableId table, @Nullable Template query) {
        String column = config.getString(COLUMN);
        if (column.isEmpty()) {
            throw error(COLUMN, column, "has to be set: by which column new rows are found; or set mode=full");
        }
        if (query != null && Watermark.XMIN.equals(column)) {
            throw error(COLUMN, column, "xmin is for tables; a query needs a column of a table");
        }
        Late late = Late.valueOf(config.getString("watermark.late.rows").toUpperCase(Locale.ROOT));
        if (query != null && late == Late.REDELIVER) {
            throw error("watermark.late.rows", "redeliver", "is for tables: a query does not show xmin");
        }
        Long boundary = config.getLong(BOUNDARY);
        if (boundary != null && boundary < 0) {
            throw error(BOUNDARY, boundary, "cannot be negative");
        }
        return new Watermark(
                table,
                column,
                boundary,
                zone(),
                config.getString("watermark.start").strip(),
                late,
                config.getLong("watermark.late.rows.interval.ms"));
    }

    private @Nullable ZoneId zone() {
        String zone = config.getString("watermark.timezone").strip();
        try {
            return zone.isEmpty() ? null : ZoneId.of(zone);
        } catch (DateTimeException e) {
            throw error("watermark.timezone", zone, "is no time zone; give one like Europe/Berlin or UTC");
        }
    }

    private @Nullable TableId table(String key) {
        String text = config.getString(key).strip();
        if (text.isEmpty()) {
            return null;
        }
        int dot = text.indexOf('.');
        if (dot < 1 || dot == text.length() - 1) {
            throw error(key, text, "is no table: give schema.table as the catalog spells it");
        }
        return new TableId(text.substring(0, dot), text.substring(dot + 1));
    }

    boolean repeatsAccepted() {
        return config.getBoolean("repeats.accepted");
    }

    TableFilter columns() {
        return TableFilter.of(new TableFilter.Lists(
                List.of(), List.of(), List.of(), List.of(), List.of(), config.getList("column.exclude.list")));
    }
}
