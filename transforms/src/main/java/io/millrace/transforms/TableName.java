package io.millrace.transforms;

import java.util.Map;
import org.apache.kafka.connect.connector.ConnectRecord;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Struct;
import org.jspecify.annotations.Nullable;

/**
 * The table that a record's row belongs to. An envelope says so in its source block. A flat row does not: there the last
 * two parts of the value schema's name (Debezium's {@code prefix.schema.table.Value}) or else of the topic's name count.
 */
record TableName(String schema, String table) {
    static TableName of(ConnectRecord<?> record, Shape shape) {
        if (shape == Shape.ENVELOPE && record.value() instanceof Struct struct) {
            return ofSource(struct.getStruct("source"));
        }
        if (record.value() instanceof Map<?, ?> map && map.get("source") instanceof Map<?, ?> source) {
            return ofSource(source);
        }
        String name = record.valueSchema() == null ? null : record.valueSchema().name();
        return name != null && name.endsWith(".Value")
                ? ofDotted(name.substring(0, name.length() - ".Value".length()))
                : ofDotted(record.topic());
    }

    private static TableName ofSource(Struct source) {
        return new TableName(text(source, "schema", "db"), text(source, "table", "table"));
    }

    private static TableName ofSource(Map<?, ?> source) {
        Object schema = source.containsKey("schema") ? source.get("schema") : source.get("db");
        return new TableName(text(schema), text(source.get("table")));
    }

    static TableName ofDotted(String name) {
        int last = name.lastIndexOf('.');
        if (last < 0) {
            return new TableName("", name);
        }
        int first = name.lastIndexOf('.', last - 1);
        return new TableName(name.substring(first + 1, last), name.substring(last + 1));
    }

    private static String text(Struct source, String name, String otherwise) {
        Field field = source.schema().field(name);
        if (field == null) {
            field = source.schema().field(otherwise);
        }
        return field == null ? "" : text(source.get(field));
    }

    private static String text(@Nullable Object value) {
        return value == null ? "" : value.toString();
    }

    /** {@code schema.table.column}, or {@code table.column} where there is no schema. */
    String column(String column) {
        return this + "." + column;
    }

    @Override
    public String toString() {
        return schema.isEmpty() ? table : schema + "." + table;
    }
}
