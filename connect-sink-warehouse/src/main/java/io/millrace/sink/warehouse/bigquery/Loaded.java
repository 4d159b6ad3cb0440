package io.millrace.sink.warehouse.bigquery;

import java.util.Map;

/**
 * A batch in a staging table.
 *
 * @param table its name in a statement, or a query in parentheses
 * @param bounds by column of the key, an expression of its least and one of its greatest value
 */
record Loaded(String table, Map<String, Range> bounds) {
    Loaded {
        bounds = Map.copyOf(bounds);
    }

    /** Some of the rows, by their places in the batch: {@code first} inclusive to {@code end} exclusive. */
    Loaded rows(int first, int end) {
        return new Loaded("(SELECT * FROM " + table + " WHERE n >= " + first + " AND n < " + end + ")", bounds);
    }

    /** From one expression to another, inclusive. */
    record Range(String from, String to) {}
}
