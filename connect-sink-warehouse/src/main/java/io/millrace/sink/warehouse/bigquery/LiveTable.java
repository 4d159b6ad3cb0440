package io.millrace.sink.warehouse.bigquery;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A table as BigQuery describes it.
 *
 * @param columns by name, folded as BigQuery compares names
 * @param description empty without one
 */
record LiveTable(Map<String, LiveColumn> columns, String description) {
    /** The column that a column of the source is kept in; null where there is none. */
    @Nullable
    LiveColumn column(String source) {
        return columns.get(Names.folded(source));
    }
}
