package io.millrace.sink.change;

import java.util.List;
import java.util.Locale;

/** Where the columns of the target's key come from; the names are those of Debezium's JDBC sink. */
public enum KeyMode {
    /** The record's key, or those of its fields that primary.key.fields names. */
    RECORD_KEY,
    /** Fields of the row that primary.key.fields names. */
    RECORD_VALUE,
    /** No key: rows can only be appended. */
    NONE;

    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static KeyMode of(String text) {
        return valueOf(text.toUpperCase(Locale.ROOT));
    }

    /** A mode with the fields that it is limited to; an empty list means all (RECORD_KEY only). */
    public record Key(KeyMode mode, List<String> fields) {
        public Key {
            fields = List.copyOf(fields);
        }
    }
}
