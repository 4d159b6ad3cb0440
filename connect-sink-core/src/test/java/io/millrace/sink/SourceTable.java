package io.millrace.sink;

import io.millrace.core.TableIndex;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.jspecify.annotations.Nullable;

/** A table as Debezium would describe it, for making records. Immutable; a changed table is another one. */
public final class SourceTable {
    public static final String UNAVAILABLE = "__debezium_unavailable_value";

    static final Schema SOURCE = SchemaBuilder.struct()
            .name("io.debezium.connector.postgresql.Source")
            .field("db", Schema.STRING_SCHEMA)
            .field("schema", Schema.STRING_SCHEMA)
            .field("table", Schema.STRING_SCHEMA)
            .field("lsn", Schema.OPTIONAL_INT64_SCHEMA)
            .field("ts_ms", Schema.INT64_SCHEMA)
            .field("ts_us", Schema.OPTIONAL_INT64_SCHEMA)
            .build();

    private final String schema;
    private final String table;
    private final Map<String, Schema> columns;
    private final List<String> key;
    private final List<TableIndex> indexes;
    private final Schema row;
    private final @Nullable Schema keySchema;
    private final Schema envelope;

    private SourceTable(
            String schema, String table, Map<String, Schema> columns, List<String> key, List<TableIndex> indexes) {
        this.indexes = indexes;
        this.schema = schema;
        this.table = table;
        this.columns = columns;
        this.key = key;
        SchemaBuilder rows = SchemaBuilder.struct().name(topic() + ".Value").optional();
        columns.forEach(rows::field);
        if (!indexes.isEmpty()) {
            rows.parameter(TableIndex.PARAMETER, TableIndex.write(indexes));
        }
        row = rows.build();
        SchemaBuilder keys = SchemaBuilder.struct().name(topic() + ".Key");
        key.forEach(name -> keys.field(name, columns.get(name)));
        keySchema = key.isEmpty() ? null : keys.build();
        envelope = SchemaBuilder.struct()
                .name(topic() + ".Envelope")
                .field("before", row)
                .field("after", row)
                .field("source", SOURCE)
                .field("op", Schema.STRING_SCHEMA)
                .field("ts_ms", Schema.OPTIONAL_INT64_SCHEMA)
                .build();
    }

    public static SourceTable of(String schema, String table) {
        return new SourceTable(schema, table, Map.of(), List.of(), List.of());
    }

    public SourceTable key(String name, Schema type) {
        List<String> keys = new ArrayList<>(key);
        keys.add(name);
        return new SourceTable(schema, table, with(name, type), keys, indexes);
    }

    public SourceTable column(String name, Schema type) {
        return new SourceTable(schema, table, with(name, type), key, indexes);
    }

    public SourceTable without(String name) {
        Map<String, Schema> fewer = new LinkedHashMap<>(columns);
        fewer.remove(name);
        return new SourceTable(schema, table, fewer, key, indexes);
    }

    /** The table tells that it has these. */
    public SourceTable indexes(TableIndex... told) {
        return new SourceTable(schema, table, columns, key, List.of(told));
    }

    /** A column type with the tag that tells the source's type. */
    public static Schema tagged(SchemaBuilder builder, String type, int length, int scale) {
        builder.parameter("__debezium.source.column.type", type);
        if (length >= 0) {
            builder.parameter("__debezium.source.column.length", String.valueOf(length));
        }
        if (scale >= 0) {
            builder.parameter("__debezium.source.column.scale", String.valueOf(scale));
        }
        return builder.build();
    }

    public String topic() {
        return "mirror." + schema + "." + table;
    }

    public @Nullable Schema keySchema() {
        return keySchema;
    }

    public Schema rowSchema() {
        return row;
    }

    public Schema envelopeSchema() {
        return envelope;
    }

    /** A row, its values in the order of the columns. */
    public Struct row(@Nullable Object... values) {
        Struct struct = new Struct(row);
        int i = 0;
        for (String name : columns.keySet()) {
            struct.put(name, values[i++]);
        }
        return struct;
    }

    public @Nullable Struct keyOf(@Nullable Object... values) {
        if (keySchema == null) {
            return null;
        }
        List<String> names = List.copyOf(columns.keySet());
        Struct struct = new Struct(keySchema);
        key.forEach(name -> struct.put(name, values[names.indexOf(name)]));
        return struct;
    }

    /** An envelope; the times and the LSN follow from {@code lsn}. */
    public Struct envelope(String op, @Nullable Struct before, @Nullable Struct after, long lsn) {
        Struct source = new Struct(SOURCE)
                .put("db", "shop")
                .put("schema", schema)
                .put("table", table)
                .put("lsn", lsn)
                .put("ts_ms", 1_700_000_000_000L + lsn)
                .put("ts_us", (1_700_000_000_000L + lsn) * 1000);
        return new Struct(envelope)
                .put("before", before)
                .put("after", after)
                .put("source", source)
                .put("op", op)
                .put("ts_ms", 1_700_000_000_000L + lsn);
    }

    /** What a delete under REPLICA IDENTITY DEFAULT holds: the key, NULL elsewhere, zeros where NULL may not be. */
    public Struct before(@Nullable Object... values) {
        Struct struct = new Struct(row);
        int i = 0;
        for (Map.Entry<String, Schema> column : columns.entrySet()) {
            Object value = values[i++];
            struct.put(column.getKey(), key.contains(column.getKey()) ? value : zero(column.getValue()));
        }
        return struct;
    }

    private static @Nullable Object zero(Schema type) {
        if (type.isOptional()) {
            return null;
        }
        return switch (type.type()) {
            case STRING -> "";
            case INT32 -> 0;
            case INT64 -> 0L;
            case BOOLEAN -> false;
            default -> throw new IllegalArgumentException("Make the column optional");
        };
    }

    private Map<String, Schema> with(String name, Schema type) {
        Map<String, Schema> more = new LinkedHashMap<>(columns);
        more.put(name, type);
        return more;
    }

    @Override
    public String toString() {
        return topic() + Arrays.toString(columns.keySet().toArray());
    }
}
