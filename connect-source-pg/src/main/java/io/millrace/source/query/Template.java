package io.millrace.source.query;

/**
 * A query with {@code {{.start}}} and {@code {{.end}}}, both inclusive. They become typed literals; COPY cannot bind.
 * Immutable.
 */
public record Template(String text) {
    static final String START = "{{.start}}";
    static final String END = "{{.end}}";

    public Template {
        text = text.strip();
        while (text.endsWith(";")) {
            text = text.substring(0, text.length() - 1).stripTrailing();
        }
    }

    public boolean hasBoth() {
        return text.contains(START) && text.contains(END);
    }

    public boolean hasAny() {
        return text.contains(START) || text.contains(END);
    }

    /** As a table of a query; the line break ends a comment at the query's end. */
    String between(String start, String end) {
        return "(" + text.replace(START, start).replace(END, end) + "\n) AS millrace_query";
    }

    /** For a query without placeholders. */
    String whole() {
        return "(" + text + "\n) AS millrace_query";
    }
}
