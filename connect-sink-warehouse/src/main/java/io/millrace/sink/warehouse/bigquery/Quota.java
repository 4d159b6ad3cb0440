package io.millrace.sink.warehouse.bigquery;

import java.util.Optional;

/**
 * Whether settings keep within what BigQuery allows a project in a day. Pure.
 *
 * @see <a href="https://cloud.google.com/bigquery/quotas#load_jobs">Quotas for load jobs</a>
 */
final class Quota {
    static final int JOBS_A_TABLE = 1_500;
    static final int JOBS_A_PROJECT = 100_000;
    private static final long DAY_MILLIS = 86_400_000L;

    private Quota() {}

    /** What is wrong with an interval for so many tables; says which interval would do. */
    static Optional<String> problem(long intervalMillis, int tables) {
        long least = Math.max(least(1, JOBS_A_TABLE), least(tables, JOBS_A_PROJECT));
        if (intervalMillis >= least) {
            return Optional.empty();
        }
        return Optional.of(
                "must be at least " + least + " for " + tables + " tables: BigQuery takes " + JOBS_A_TABLE
                        + " load jobs a table and " + JOBS_A_PROJECT
                        + " a project in a day, and a flush is one for each table. Raise it, or mirror fewer tables into the project");
    }

    private static long least(int tables, int jobs) {
        return (DAY_MILLIS * tables + jobs - 1) / jobs;
    }
}
