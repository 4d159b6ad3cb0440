package io.millrace.sink.warehouse.bigquery;

import com.google.cloud.bigquery.DmlStats;
import com.google.cloud.bigquery.Job;
import com.google.cloud.bigquery.JobStatistics;
import com.google.cloud.bigquery.JobStatistics.QueryStatistics;
import org.jspecify.annotations.Nullable;

/** What the statements of a script have done by MERGE and INSERT. */
record Statistics(long written, long deleted) {
    static final Statistics NONE = new Statistics(0, 0);

    /** With those of one more statement. */
    Statistics and(Job statement) {
        JobStatistics statistics = statement.getStatistics();
        if (!(statistics instanceof QueryStatistics query) || query.getStatementType() == null) {
            return this;
        }
        String type = query.getStatementType().toString();
        DmlStats rows = query.getDmlStats();
        if (rows == null || !type.equals("MERGE") && !type.equals("INSERT")) {
            return this;
        }
        return new Statistics(
                written + zeroOr(rows.getInsertedRowCount()) + zeroOr(rows.getUpdatedRowCount()),
                deleted + zeroOr(rows.getDeletedRowCount()));
    }

    private static long zeroOr(@Nullable Long count) {
        return count == null ? 0 : count;
    }
}
