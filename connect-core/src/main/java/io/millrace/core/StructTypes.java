package io.millrace.core;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.jspecify.annotations.Nullable;

/**
 * The source's types of columns that are structs of one name, told by the schema of rows. Avro writes a named record once
 * and names it from then on: what the second column's schema says beside it, as that it is a {@code path} where the first
 * was a {@code box}, does not arrive (Avro specification 1.12, "Names"). Text: {@code column=TYPE} between commas, the name in
 * URL encoding (UTF-8).
 */
public final class StructTypes {
    /** Parameter of the schema of rows. */
    public static final String PARAMETER = "millrace.source.struct.types";

    private static final String TYPE = "__debezium.source.column.type";

    private StructTypes() {}

    /** Null when no two columns are structs of one name and of different types. */
    public static @Nullable String write(Iterable<Field> fields) {
        Map<String, String> first = new LinkedHashMap<>();
        Map<String, String> types = new LinkedHashMap<>();
        boolean different = false;
        for (Field field : fields) {
            Schema schema = field.schema();
            String type =
                    schema.parameters() == null ? null : schema.parameters().get(TYPE);
            if (schema.type() == Schema.Type.STRUCT && schema.name() != null && type != null) {
                types.put(field.name(), type);
                String before = first.putIfAbsent(schema.name(), type);
                different |= before != null && !before.equals(type);
            }
        }
        return different
                ? types.entrySet().stream()
                        .map(each -> URLEncoder.encode(each.getKey(), StandardCharsets.UTF_8) + "=" + each.getValue())
                        .collect(Collectors.joining(","))
                : null;
    }

    /** Types by column, of those that a schema of rows tells; anything else in the text is passed over. */
    public static Map<String, String> read(Schema row) {
        String text = row.parameters() == null ? null : row.parameters().get(PARAMETER);
        Map<String, String> types = new LinkedHashMap<>();
        if (text != null) {
            for (String each : Arrays.asList(text.split(",", -1))) {
                int middle = each.indexOf('=');
                if (middle > 0) {
                    types.put(
                            URLDecoder.decode(each.substring(0, middle), StandardCharsets.UTF_8),
                            each.substring(middle + 1));
                }
            }
        }
        return types;
    }
}
