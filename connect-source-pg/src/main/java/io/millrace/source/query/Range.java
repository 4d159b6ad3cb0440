package io.millrace.source.query;

import org.jspecify.annotations.Nullable;

/**
 * A part of a run.
 *
 * @param from what stands behind FROM
 * @param condition what stands behind WHERE; empty for all of it
 * @param key under which it counts as read, see {@link Run}
 * @param span of the values or blocks that it covers
 * @param counted whether it is noted when it has been read; what is read once more in any case is not
 * @param along what tells how far its reading is, in spans of the key; null where nothing does
 */
record Range(String from, String condition, String key, Spans.Span span, boolean counted, @Nullable Along along) {
    /** Read as a whole or not at all. */
    Range(String from, String condition, String key, Spans.Span span, boolean counted) {
        this(from, condition, key, span, counted, null);
    }

    /** The same, with something that tells how far its reading is. */
    Range along(Along by) {
        return new Range(from, condition, key, span, counted, by);
    }

    /** The same, not noted when it has been read. */
    Range uncounted() {
        return new Range(from, condition, key, span, false);
    }

    /** As a table of these columns. @param selected at least one */
    String rows(String selected) {
        return "(" + query(selected) + ") AS r";
    }

    String query(String selected) {
        String order = along == null ? "" : along.order();
        return "SELECT " + selected + " FROM " + from + (condition.isEmpty() ? "" : " WHERE " + condition)
                + (order.isEmpty() ? "" : " ORDER BY " + order);
    }
}
