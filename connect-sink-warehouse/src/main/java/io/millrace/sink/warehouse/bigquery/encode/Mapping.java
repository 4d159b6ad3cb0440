package io.millrace.sink.warehouse.bigquery.encode;

import io.millrace.sink.destination.Encoding;
import io.millrace.sink.destination.FieldEncoder;
import io.millrace.sink.value.JsonText;
import io.millrace.sink.warehouse.avro.AvroFile;
import java.nio.charset.StandardCharsets;
import java.util.function.Function;

/**
 * How the values of one column are carried and kept.
 *
 * @param type of a column that is made for it; also names how it is staged
 * @param field writes a value: 8 bytes for numbers and times, one for a truth value, else the text or the bytes
 * @param key writes equal values as equal bytes
 * @param json writes a value inside a JSON column
 */
public record Mapping(String type, FieldEncoder field, FieldEncoder key, JsonText json) {
    static final String STRING = "STRING";
    static final String JSON = "JSON";

    static Mapping of(String type, FieldEncoder field, JsonText json) {
        return new Mapping(type, field, field, json);
    }

    /** A value that is staged as text and cast, if it has to be, when it is applied. */
    static Mapping text(String type, Function<Object, String> text) {
        return of(
                type,
                (value, out) -> out.put(text.apply(value).getBytes(StandardCharsets.UTF_8)),
                JsonText.quoted(text));
    }

    /** A column of JSON that is written here. */
    static Mapping nested(JsonText json) {
        return of(
                JSON,
                (value, out) -> {
                    StringBuilder text = new StringBuilder();
                    json.write(value, text);
                    out.put(text.toString().getBytes(StandardCharsets.UTF_8));
                },
                json);
    }

    public Encoding encoding() {
        return new Encoding(type, field, key);
    }

    /** What the Avro file holds, of which the load makes INT64, FLOAT64, BOOL, BYTES and STRING. */
    public static AvroFile.Type staged(String type) {
        return switch (type) {
            case "INT64", "DATE", "TIME", "DATETIME", "TIMESTAMP" -> AvroFile.Type.LONG;
            case "FLOAT64" -> AvroFile.Type.DOUBLE;
            case "BOOL" -> AvroFile.Type.BOOLEAN;
            case "BYTES" -> AvroFile.Type.BYTES;
            default -> AvroFile.Type.STRING;
        };
    }

    /** The staged value as a value of the type. */
    public static String read(String type, String staged) {
        return switch (type) {
            case "DATE" -> "DATE_FROM_UNIX_DATE(" + staged + ")";
            case "TIMESTAMP" -> "TIMESTAMP_MICROS(" + staged + ")";
            case "DATETIME" -> "DATETIME(TIMESTAMP_MICROS(" + staged + "))";
            case "TIME" -> "TIME(TIMESTAMP_MICROS(" + staged + "))";
            case JSON -> "PARSE_JSON(" + staged + ", wide_number_mode=>'exact')";
            default ->
                type.startsWith("NUMERIC") || type.startsWith("BIGNUMERIC")
                        ? "CAST(" + staged + " AS " + type + ")"
                        : staged;
        };
    }
}
