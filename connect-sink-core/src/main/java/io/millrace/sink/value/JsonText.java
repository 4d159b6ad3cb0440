package io.millrace.sink.value;

/** Writes one value, never null, as JSON from which it can be read back exactly. */
@FunctionalInterface
public interface JsonText {
    void write(Object value, StringBuilder out);

    /** As a JSON string. */
    static JsonText quoted(java.util.function.Function<Object, String> text) {
        return (value, out) -> quote(text.apply(value), out);
    }

    /** A floating-point number; what JSON has no number for is a string. */
    static void approximate(Object value, StringBuilder out) {
        double number = ((Number) value).doubleValue();
        if (Double.isNaN(number) || Double.isInfinite(number)) {
            quote(value.toString(), out);
        } else {
            out.append(value);
        }
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
