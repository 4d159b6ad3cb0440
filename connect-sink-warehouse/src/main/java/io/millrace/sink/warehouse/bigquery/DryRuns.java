package io.millrace.sink.warehouse.bigquery;

import com.google.cloud.bigquery.BigQuery;
import com.google.cloud.bigquery.BigQueryException;
import com.google.cloud.bigquery.JobId;
import com.google.cloud.bigquery.JobInfo;
import com.google.cloud.bigquery.QueryJobConfiguration;
import io.millrace.sink.warehouse.Warehouse;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Asks BigQuery whether it would do what a task does first: run a query, make the datasets that are not there, or the
 * ledger. Nothing is done, and nothing is charged.
 *
 * @see <a href="https://cloud.google.com/bigquery/docs/running-queries#dry-run">Dry run</a>
 */
final class DryRuns {
    private final BigQuery client;
    private final BigQuerySettings settings;

    DryRuns(BigQuery client, BigQuerySettings settings) {
        this.client = client;
        this.settings = settings;
    }

    List<Warehouse.Problem> check(Ledger ledger) throws JobException {
        Optional<String> jobs = refusal("SELECT 1");
        if (jobs.isPresent()) {
            return List.of(new Warehouse.Problem(
                    BigQueryWarehouse.PROJECT, "BigQuery would not run a query: " + jobs.orElseThrow()));
        }
        List<Warehouse.Problem> problems = new ArrayList<>();
        boolean own = exists(settings.dataset());
        refusal(own ? ledger.createOwners() : Datasets.create(settings, settings.dataset()))
                .ifPresent(reason -> problems.add(new Warehouse.Problem(
                        BigQueryWarehouse.DATASET,
                        "BigQuery would not make " + (own ? "the ledger in it: " : "it: ") + reason)));
        if (!exists(settings.stagingDataset())) {
            refusal(Datasets.createStaging(settings))
                    .ifPresent(reason -> problems.add(new Warehouse.Problem(
                            BigQueryWarehouse.STAGING_DATASET, "BigQuery would not make it: " + reason)));
        }
        return problems;
    }

    private boolean exists(String dataset) throws JobException {
        return Catalog.findDataset(client, settings.project(), dataset) != null;
    }

    /** Empty for a statement that would run. */
    private Optional<String> refusal(String sql) {
        QueryJobConfiguration query = QueryJobConfiguration.newBuilder(sql)
                .setUseLegacySql(false)
                .setDryRun(true)
                .build();
        JobId id = JobId.newBuilder()
                .setProject(settings.project())
                .setLocation(settings.location())
                .setRandomJob()
                .build();
        try {
            client.create(JobInfo.of(id, query));
            return Optional.empty();
        } catch (BigQueryException e) {
            return Optional.of(String.valueOf(
                    BigQueryErrors.translate("refused", JobException.of(e)).getMessage()));
        }
    }
}
