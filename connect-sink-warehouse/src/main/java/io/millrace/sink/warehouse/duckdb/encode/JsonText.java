package io.millrace.sink.warehouse.duckdb.encode;

/** Writes one value, never null, as JSON that DuckDB reads back exactly. */
@FunctionalInterface
interface JsonText {
    void write(Object value, StringBuilder out);

    /** As a JSON string. */
    static JsonText quoted(java.util.function.Function<Object, String> text) {
        return (value, out) -> quote(text.apply(value), out);
    }

    static void quote(String text, StringBuilder out) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (c < ' ') {
                out.append(String.format("\\u%04x", (int) c));
            } else {
                out.append(c);
            }
        }
        out.append('"');
    }
}
