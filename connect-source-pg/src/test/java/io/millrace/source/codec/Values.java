package io.millrace.source.codec;

import io.millrace.core.ColumnDefault;
import io.millrace.core.EnumType;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.jspecify.annotations.Nullable;

/** Connect values and schemas in a form whose equality means equality of contents. */
public final class Values {
    private Values() {}

    public static Object comparable(@Nullable Object value) {
        if (value == null) {
            return "NULL";
        }
        if (value instanceof byte[] bytes) {
            return "bytes:" + HexFormat.of().formatHex(bytes);
        }
        if (value instanceof ByteBuffer buffer) {
            byte[] bytes = new byte[buffer.remaining()];
            buffer.duplicate().get(bytes);
            return "bytes:" + HexFormat.of().formatHex(bytes);
        }
        if (value instanceof List<?> list) {
            List<Object> values = new ArrayList<>();
            list.forEach(element -> values.add(comparable(element)));
            return values;
        }
        if (value instanceof Map<?, ?> map) {
            Map<String, Object> values = new TreeMap<>();
            map.forEach((key, element) -> values.put(String.valueOf(key), comparable(element)));
            return values;
        }
        if (value instanceof Struct struct) {
            Map<String, Object> values = new LinkedHashMap<>();
            struct.schema().fields().forEach(field -> values.put(field.name(), comparable(struct.get(field))));
            return values;
        }
        return value;
    }

    static Object describe(@Nullable Schema schema) {
        if (schema == null) {
            return "none";
        }
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("type", schema.type());
        all.put("optional", schema.isOptional());
        all.put("name", String.valueOf(schema.name()));
        all.put("version", String.valueOf(schema.version()));
        all.put("doc", String.valueOf(schema.doc()));
        all.put("default", comparable(schema.defaultValue()));
        Map<String, String> parameters = new TreeMap<>(schema.parameters() == null ? Map.of() : schema.parameters());
        // Ours alone: Debezium's own parameter cannot tell labels with a comma, nor its default what is computed.
        parameters.remove(EnumType.PARAMETER);
        parameters.remove(ColumnDefault.PARAMETER);
        all.put("parameters", parameters);
        switch (schema.type()) {
            case ARRAY -> all.put("element", describe(schema.valueSchema()));
            case MAP -> {
                all.put("key", describe(schema.keySchema()));
                all.put("value", describe(schema.valueSchema()));
            }
            case STRUCT -> {
                for (Field field : schema.fields()) {
                    all.put("field " + field.name(), describe(field.schema()));
                }
            }
            default -> {}
        }
        return all;
    }
}
