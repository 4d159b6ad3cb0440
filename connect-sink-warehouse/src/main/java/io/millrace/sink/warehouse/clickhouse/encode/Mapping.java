package io.millrace.sink.warehouse.clickhouse.encode;

import io.millrace.sink.destination.Encoding;
import io.millrace.sink.destination.FieldEncoder;
import io.millrace.sink.value.JsonText;
import java.util.function.Function;

/**
 * How the values of one column are carried and kept.
 *
 * @param type ClickHouse's own name of the type of a column that is made for it, without {@code Nullable}: values are
 *     written as this type has them in RowBinary
 * @param field writes a value
 * @param key writes equal values as equal bytes
 * @param json writes a value into a nested one
 */
public record Mapping(String type, FieldEncoder field, FieldEncoder key, JsonText json) {
    static final String TEXT = "String";

    static Mapping of(String type, FieldEncoder field, JsonText json) {
        return new Mapping(type, field, field, json);
    }

    /** A number or a truth value, which JSON has too. */
    static Mapping number(String type, FieldEncoder field) {
        return of(type, field, (value, out) -> out.append(value));
    }

    static Mapping text(Function<Object, String> text) {
        return of(TEXT, (value, out) -> RowBinary.text(text.apply(value), out), JsonText.quoted(text));
    }

    public Encoding encoding() {
        return new Encoding(type, field, key);
    }
}
