package io.millrace.transforms;

import io.millrace.core.Version;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.connect.components.Versioned;
import org.apache.kafka.connect.connector.ConnectRecord;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.transforms.Transformation;
import org.jspecify.annotations.Nullable;

/**
 * Leaves columns out of change records, on either side of Kafka, per table and column. Works on Debezium's envelopes (in
 * before and after alike, with their schemas), on flat rows, and on schemaless maps of both kinds. What is no row of a
 * table passes untouched: tombstones, heartbeats, progress. A column of the record's key cannot be left out: that record
 * is refused with a {@link DataException} that names the column. Order and number of records do not change.
 */
public final class ExcludeColumns<R extends ConnectRecord<R>> implements Transformation<R>, Versioned {
    static final String COLUMNS = "column.exclude.list";

    static final ConfigDef CONFIG = new ConfigDef()
            .define(
                    COLUMNS,
                    ConfigDef.Type.STRING,
                    ConfigDef.NO_DEFAULT_VALUE,
                    ConfigDef.LambdaValidator.with(ExcludeColumns::check, () -> "regular expressions"),
                    ConfigDef.Importance.HIGH,
                    "Comma-separated regular expressions; a column is left out when one of them matches the whole of its"
                            + " name schema.table.column, without regard to case. A dot that stands for itself is written"
                            + " \\. and a comma inside an expression \\,. In a flat row schema and table are"
                            + " the last two parts of the value schema's name (prefix.schema.table.Value) or else of the"
                            + " topic's. Columns of the key cannot be left out.",
                    null,
                    0,
                    ConfigDef.Width.LONG,
                    "Columns to leave out");

    private final PlanCache<Columns> plans = new PlanCache<>();
    private final Map<TableName, Map<String, Boolean>> decided = new HashMap<>();
    private @Nullable ColumnPatterns patterns;

    @Override
    public String version() {
        return Version.version();
    }

    @Override
    public ConfigDef config() {
        return CONFIG;
    }

    @Override
    public void configure(Map<String, ?> configs) {
        patterns = ColumnPatterns.parse(new AbstractConfig(CONFIG, configs, false).getString(COLUMNS));
    }

    @Override
    public R apply(R record) {
        Shape shape = Shape.of(record);
        if (shape == Shape.TOMBSTONE || shape == Shape.OTHER) {
            return record;
        }
        TableName table = TableName.of(record, shape);
        if (record.value() instanceof Struct struct) {
            Schema schema = struct.schema();
            Columns plan = plans.plan(record.keySchema(), schema, table, () -> plan(record, schema, table, shape));
            return plan.changesNothing() ? record : Rebuild.withValue(record, plan.schema(), plan.strip(struct));
        }
        return Rebuild.withValue(record, record.valueSchema(), stripMap(record, table, shape));
    }

    private Columns plan(R record, Schema schema, TableName table, Shape shape) {
        Columns plan = Columns.plan(schema, shape, column -> excluded(table, column));
        refuse(table, Rebuild.keyColumns(record.keySchema()), plan.dropped());
        return plan;
    }

    private Object stripMap(R record, TableName table, Shape shape) {
        if (record.key() instanceof Map<?, ?> key) {
            Set<String> names = key.keySet().stream().map(String::valueOf).collect(Collectors.toSet());
            refuse(
                    table,
                    names,
                    names.stream().filter(name -> excluded(table, name)).collect(Collectors.toSet()));
        }
        return MapRows.edit((Map<?, ?>) record.value(), shape, row -> {
            row.keySet().removeIf(name -> excluded(table, name));
            return row;
        });
    }

    private boolean excluded(TableName table, String column) {
        if (patterns == null) {
            throw new IllegalStateException("configure() comes first");
        }
        ColumnPatterns list = patterns;
        if (decided.size() > 10_000) {
            decided.clear();
        }
        return decided.computeIfAbsent(table, name -> new HashMap<>())
                .computeIfAbsent(column, name -> list.match(table, name));
    }

    private static void refuse(TableName table, Set<String> key, Set<String> dropped) {
        for (String column : key) {
            if (dropped.contains(column)) {
                throw new DataException(COLUMNS + " would leave out " + table.column(column)
                        + ", a column of the key: without it rows could not be told apart. Narrow the expression.");
            }
        }
    }

    private static void check(String name, Object value) {
        try {
            ColumnPatterns.parse(String.valueOf(value));
        } catch (IllegalArgumentException e) {
            throw new ConfigException(name, value, e.getMessage());
        }
    }

    @Override
    public void close() {}
}
