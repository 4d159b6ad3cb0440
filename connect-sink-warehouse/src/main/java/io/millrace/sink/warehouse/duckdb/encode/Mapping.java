package io.millrace.sink.warehouse.duckdb.encode;

import io.millrace.sink.destination.Encoding;
import io.millrace.sink.destination.FieldEncoder;
import io.millrace.sink.value.JsonText;

/**
 * How the values of one column are carried and kept.
 *
 * @param form the staged type: DuckDB's own name of a type that the Appender writes, or {@link #NESTED} with the type
 *     that the staged JSON is read as
 * @param type the type of a column that is made for it
 * @param inside the type as which the value is read when it stands inside a nested one
 * @param field writes a value
 * @param key writes equal values as equal bytes
 * @param json writes a value into a nested one
 */
public record Mapping(String form, String type, String inside, FieldEncoder field, FieldEncoder key, JsonText json) {
    /** Lists, maps and structs are staged as the JSON of values that DuckDB reads from JSON exactly. */
    static final String NESTED = "JSON as ";

    static final String TEXT = "VARCHAR";

    /** A value with a staged type of its own, of which there is one for each column type. */
    static Mapping plain(String type, FieldEncoder field, FieldEncoder key, JsonText json) {
        return new Mapping(type, type, TEXT, field, key, json);
    }

    static Mapping plain(String type, FieldEncoder field, JsonText json) {
        return plain(type, field, field, json);
    }

    /** A number or a truth value, which JSON has too. */
    static Mapping number(String type, FieldEncoder field, FieldEncoder key, JsonText json) {
        return new Mapping(type, type, type, field, key, json);
    }

    /** A value that is staged as text and cast when it is applied. */
    static Mapping text(String type, FieldEncoder field, JsonText json) {
        return new Mapping(TEXT, type, TEXT, field, field, json);
    }

    static Mapping nested(String type, String inside, FieldEncoder field, JsonText json) {
        return new Mapping(NESTED + inside, type, inside, field, field, json);
    }

    public Encoding encoding() {
        return new Encoding(form, field, key);
    }

    /** The type of the staging table's column. */
    public static String stagedType(String form) {
        return form.startsWith(NESTED) ? TEXT : form;
    }

    /** The staged value as DuckDB is to read it before any cast to the column's type. */
    public static String read(String form, String staged) {
        return form.startsWith(NESTED)
                ? "CAST(CAST(" + staged + " AS JSON) AS " + form.substring(NESTED.length()) + ")"
                : staged;
    }

    /** The type that {@link #read} gives. */
    public static String readType(String form) {
        return form.startsWith(NESTED) ? form.substring(NESTED.length()) : form;
    }
}
