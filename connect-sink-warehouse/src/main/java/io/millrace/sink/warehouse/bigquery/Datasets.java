package io.millrace.sink.warehouse.bigquery;

import java.util.HashSet;
import java.util.Set;

/** Makes datasets that are not there. */
final class Datasets {
    /** How long a staging table lives that nobody has dropped. */
    static final int STAGING_DAYS = 1;

    private final Jobs jobs;
    private final BigQuerySettings settings;
    private final Set<String> known = new HashSet<>();

    Datasets(Jobs jobs, BigQuerySettings settings) {
        this.jobs = jobs;
        this.settings = settings;
    }

    /** Those of the ledger and of staging tables. */
    void makeOwn() throws JobException {
        make(settings.dataset());
        if (!exists(settings.stagingDataset())) {
            jobs.run(createStaging(settings));
            known.add(settings.stagingDataset());
        }
    }

    void make(String dataset) throws JobException {
        if (!exists(dataset)) {
            jobs.run(create(settings, dataset));
            known.add(dataset);
        }
    }

    boolean exists(String dataset) throws JobException {
        if (known.contains(dataset)) {
            return true;
        }
        boolean found = Catalog.findDataset(jobs.client(), settings.project(), dataset) != null;
        if (found) {
            known.add(dataset);
        }
        return found;
    }

    static String create(BigQuerySettings settings, String dataset) {
        return "CREATE SCHEMA IF NOT EXISTS " + Sql.name(settings.project()) + "." + Sql.name(dataset)
                + " OPTIONS (location = " + Sql.text(settings.location()) + ")";
    }

    static String createStaging(BigQuerySettings settings) {
        return "CREATE SCHEMA IF NOT EXISTS " + Sql.name(settings.project()) + "."
                + Sql.name(settings.stagingDataset()) + " OPTIONS (location = " + Sql.text(settings.location())
                + ", default_table_expiration_days = " + STAGING_DAYS + ")";
    }
}
