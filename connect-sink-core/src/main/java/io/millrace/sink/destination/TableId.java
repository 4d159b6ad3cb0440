package io.millrace.sink.destination;

import java.util.List;

/**
 * A table in the target, for example {@code [public, orders]}: as many parts as the target's names have, outermost
 * first. Parts are taken literally (case included) and are quoted wherever they are sent.
 */
public record TableId(List<String> parts) {
    public TableId {
        parts = List.copyOf(parts);
        if (parts.isEmpty() || parts.stream().anyMatch(String::isEmpty)) {
            throw new IllegalArgumentException("A table name needs at least one part, and no part may be empty");
        }
    }

    public static TableId of(String... parts) {
        return new TableId(List.of(parts));
    }

    /** The last part. */
    public String name() {
        return parts.get(parts.size() - 1);
    }

    /** The parts joined by dots, for messages and for the ledger. A dot or quote inside a part is quoted. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (String part : parts) {
            if (text.length() > 0) {
                text.append('.');
            }
            boolean plain = part.indexOf('.') < 0 && part.indexOf('"') < 0;
            text.append(plain ? part : '"' + part.replace("\"", "\"\"") + '"');
        }
        return text.toString();
    }
}
