package io.millrace.sink.warehouse.snowflake.encode;

import io.millrace.sink.destination.Encoding;
import io.millrace.sink.destination.FieldEncoder;
import io.millrace.sink.value.JsonText;
import java.nio.charset.StandardCharsets;
import java.util.function.Function;
import org.apache.kafka.connect.errors.DataException;

/**
 * How the values of one column are carried and kept.
 *
 * @param type of a column that is made for it; also names how it is staged
 * @param field writes a value: 8 bytes for integers, dates and timestamps, one for a truth value, else text in UTF-8
 * @param key writes equal values as equal bytes
 * @param json writes a value inside a nested one
 */
public record Mapping(String type, FieldEncoder field, FieldEncoder key, JsonText json) {
    static final String TEXT = "VARCHAR";
    static final String VARIANT = "VARIANT";
    static final String ARRAY = "ARRAY";
    static final String OBJECT = "OBJECT";
    static final String BINARY = "BINARY";
    static final String FLOAT = "FLOAT";
    static final String DATE = "DATE";
    static final String TIME = "TIME(6)";
    static final String TIMESTAMP = "TIMESTAMP_NTZ(6)";
    static final String INSTANT = "TIMESTAMP_TZ(6)";

    /**
     * Bytes of the longest text of a column of default length.
     *
     * @see <a href="https://docs.snowflake.com/en/sql-reference/data-types-text">String and binary data types</a>
     */
    public static final int MOST_TEXT = 16_777_216;

    static Mapping of(String type, FieldEncoder field, JsonText json) {
        return new Mapping(type, field, field, json);
    }

    /** A value that is staged as text and cast, if it has to be, when it is applied. */
    static Mapping text(String type, Function<Object, String> text) {
        return of(type, (value, out) -> out.put(bytes(text.apply(value))), JsonText.quoted(text));
    }

    /** A column of JSON that is written here. */
    static Mapping nested(String type, JsonText json) {
        return of(
                type,
                (value, out) -> {
                    StringBuilder text = new StringBuilder();
                    json.write(value, text);
                    out.put(bytes(text.toString()));
                },
                json);
    }

    static byte[] bytes(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        if (bytes.length > MOST_TEXT) {
            throw new DataException("a text has more than 16 MiB, the most that Snowflake's VARCHAR and VARIANT hold");
        }
        return bytes;
    }

    public Encoding encoding() {
        return new Encoding(type, field, key);
    }

    /** The type of the staging table's column. */
    public static String staged(String type) {
        if (isWhole(type)) {
            return "BIGINT";
        }
        return switch (type) {
            case DATE, TIMESTAMP, INSTANT -> "BIGINT";
            case "BOOLEAN" -> type;
            default -> TEXT;
        };
    }

    /** The staged value as a value of the type. */
    public static String read(String type, String staged) {
        return switch (type) {
            case DATE -> "DATE '1970-01-01' + CAST(" + staged + " AS INTEGER)";
            case TIMESTAMP -> "TO_TIMESTAMP_NTZ(" + staged + ", 6)";
            case INSTANT -> "TO_TIMESTAMP_TZ(" + staged + ", 6)";
            case BINARY -> "TO_BINARY(" + staged + ", 'HEX')";
            case VARIANT -> "PARSE_JSON(" + staged + ")";
            case ARRAY -> "TO_ARRAY(PARSE_JSON(" + staged + "))";
            case OBJECT -> "TO_OBJECT(PARSE_JSON(" + staged + "))";
            case TEXT, "BOOLEAN" -> staged;
            default -> "CAST(" + staged + " AS " + type + ")";
        };
    }

    /** Integers of at most 64 bits. */
    private static boolean isWhole(String type) {
        return type.equals(Mappings.INT16) || type.equals(Mappings.INT32) || type.equals(Mappings.INT64);
    }
}
