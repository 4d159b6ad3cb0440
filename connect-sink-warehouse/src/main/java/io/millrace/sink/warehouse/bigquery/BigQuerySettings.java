package io.millrace.sink.warehouse.bigquery;

import io.millrace.sink.destination.TableId;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.config.types.Password;

/**
 * Where the tables are and how they are written to.
 *
 * @param project of all datasets, and billed for all jobs
 * @param dataset of the ledger, and of tables whose names have no dataset
 * @param location where datasets are made and jobs run
 * @param stagingDataset where load jobs write to
 * @param stagingLocation a folder in a bucket that load jobs read from; empty to upload to the jobs themselves
 * @param credentials a service account's key as JSON; empty for the application default
 * @param endpoint an emulator; empty for the service
 * @param mergeIntervalMillis time from one flush to the next
 * @param parallelism how many tables are loaded and merged at once
 * @param retries how often what is transient is repeated
 * @param backoffMillis before the first repetition; doubles with each
 * @param partitions columns that tables are partitioned by when they are made
 * @param granularity DAY, HOUR, MONTH or YEAR
 * @param clusters columns that tables are clustered by when they are made, instead of their keys
 * @param orderedLog whether tables are logs with a column for the order of their rows
 */
record BigQuerySettings(
        String project,
        String dataset,
        String location,
        String stagingDataset,
        String stagingLocation,
        Password credentials,
        String endpoint,
        long mergeIntervalMillis,
        int parallelism,
        int retries,
        long backoffMillis,
        Map<TableId, List<String>> partitions,
        String granularity,
        Map<TableId, List<String>> clusters,
        boolean orderedLog) {
    /** Orders the rows of a log: microseconds of their transaction, times a billion, and their place in its batch. */
    static final String ORDER_COLUMN = "_millrace_order";

    /** Tables that the keys name, by key. */
    Map<String, Set<TableId>> namedTables() {
        return Map.of(
                BigQueryWarehouse.PARTITION_COLUMNS, partitions.keySet(),
                BigQueryWarehouse.CLUSTER_COLUMNS, clusters.keySet());
    }

    Place place() {
        return new Place(project, dataset);
    }
}
