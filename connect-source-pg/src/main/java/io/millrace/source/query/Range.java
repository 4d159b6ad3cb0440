package io.millrace.source.query;

/**
 * A part of a run.
 *
 * @param from what stands behind FROM
 * @param condition what stands behind WHERE; empty for all of it
 * @param key under which it counts as read, see {@link Run}
 * @param span of the values or blocks that it covers
 * @param counted whether it is noted when it has been read; what is read once more in any case is not
 */
record Range(String from, String condition, String key, Spans.Span span, boolean counted) {
    /** The same, not noted when it has been read. */
    Range uncounted() {
        return new Range(from, condition, key, span, false);
    }

    /** As a table of these columns. @param selected at least one */
    String rows(String selected) {
        return "(" + query(selected) + ") AS r";
    }

    String query(String selected) {
        return "SELECT " + selected + " FROM " + from + (condition.isEmpty() ? "" : " WHERE " + condition);
    }
}
