package io.millrace.sink.warehouse.bigquery;

import com.google.cloud.bigquery.BigQuery;
import com.google.cloud.bigquery.Dataset;
import io.millrace.sink.SinkSettings;
import io.millrace.sink.TargetTables;
import io.millrace.sink.destination.Destination;
import io.millrace.sink.destination.TableId;
import io.millrace.sink.route.Router;
import io.millrace.sink.warehouse.ExistingTables;
import io.millrace.sink.warehouse.Warehouse;
import io.millrace.sink.warehouse.WarehouseSinkConfig;
import io.millrace.sink.warehouse.bigquery.encode.Mappings;
import io.millrace.sink.warehouse.copies.CopyLog;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.connect.errors.ConnectException;

/** BigQuery. */
public final class BigQueryWarehouse implements Warehouse {
    static final String PROJECT = "bigquery.project";
    static final String DATASET = "bigquery.dataset";
    static final String CREDENTIALS = "bigquery.credentials.json";
    static final String LOCATION = "bigquery.location";
    static final String STAGING_DATASET = "bigquery.staging.dataset";
    static final String MERGE_INTERVAL_MS = "bigquery.merge.interval.ms";
    static final String PARTITION_COLUMNS = "bigquery.partition.columns";
    static final String PARTITION_GRANULARITY = "bigquery.partition.granularity";
    static final String CLUSTER_COLUMNS = "bigquery.cluster.columns";
    static final String PARALLELISM = "bigquery.parallelism";
    static final String RETRIES = "bigquery.retries";
    static final String BACKOFF_MS = "bigquery.retry.backoff.ms";
    static final String ENDPOINT = "bigquery.endpoint";

    @Override
    public String type() {
        return "bigquery";
    }

    @Override
    public void define(ConfigDef def) {
        BigQueryKeys.define(def);
    }

    /** Two tasks that merged into one table would cancel each other's transactions. */
    @Override
    public int maxTasks(WarehouseSinkConfig config) {
        return 1;
    }

    @Override
    public List<String> loadModes() {
        return List.of("avro");
    }

    @Override
    public boolean loadsFromBuckets() {
        return true;
    }

    @Override
    public List<Problem> check(WarehouseSinkConfig config) {
        List<Problem> problems = new ArrayList<>();
        if (config.getString(PROJECT).isBlank()) {
            problems.add(new Problem(PROJECT, "is needed: the id of a project"));
        } else if (config.getString(PROJECT).indexOf('`') >= 0) {
            problems.add(new Problem(PROJECT, "is not the id of a project"));
        }
        for (String key : List.of(DATASET, STAGING_DATASET)) {
            if (!config.getString(key).trim().matches("[A-Za-z0-9_]{1,1024}")) {
                problems.add(new Problem(key, "is needed: a name of letters, digits and underscores"));
            }
        }
        for (String key : List.of(PARTITION_COLUMNS, CLUSTER_COLUMNS)) {
            attempt(key, problems, () -> columns(config, key));
        }
        String location = config.getString(WarehouseSinkConfig.STAGING_LOCATION).trim();
        if (!location.isEmpty()) {
            attempt(WarehouseSinkConfig.STAGING_LOCATION, problems, () -> Bucket.check(location));
        }
        attempt(WarehouseSinkConfig.LEDGER_TABLE, problems, () -> ledgerTable(config));
        if (problems.isEmpty() && config.getString(ENDPOINT).isBlank()) {
            Quota.problem(config.getLong(MERGE_INTERVAL_MS), 1)
                    .ifPresent(problem -> problems.add(new Problem(MERGE_INTERVAL_MS, problem)));
        }
        return problems;
    }

    private static void attempt(String key, List<Problem> problems, Runnable parse) {
        try {
            parse.run();
        } catch (IllegalArgumentException | ConnectException e) {
            problems.add(new Problem(key, String.valueOf(e.getMessage())));
        }
    }

    @Override
    public Map<String, Set<TableId>> namedTables(WarehouseSinkConfig config, SinkSettings settings) {
        return settings(config, settings).namedTables();
    }

    @Override
    public List<Problem> probe(WarehouseSinkConfig config, SinkSettings settings) {
        BigQuerySettings own = settings(config, settings);
        List<Problem> problems = new ArrayList<>();
        if (own.endpoint().isEmpty()) {
            int tables = TargetTables.of(settings, config.topics()).size();
            Quota.problem(own.mergeIntervalMillis(), tables)
                    .ifPresent(problem -> problems.add(new Problem(MERGE_INTERVAL_MS, problem)));
        }
        BigQuery client;
        try {
            client = Clients.open(own);
        } catch (ConnectException e) {
            return List.of(new Problem(CREDENTIALS, String.valueOf(e.getMessage())));
        }
        try {
            dataset(DATASET, own.dataset(), client, own, problems);
            Dataset staging = dataset(STAGING_DATASET, own.stagingDataset(), client, own, problems);
            if (staging != null && staging.getDefaultTableLifetime() == null) {
                problems.add(new Problem(
                        STAGING_DATASET,
                        "has no default expiration for its tables: set one, for example by ALTER SCHEMA "
                                + own.stagingDataset() + " SET OPTIONS (default_table_expiration_days = "
                                + Datasets.STAGING_DAYS + ")"));
            }
            Ledger ledger = new Ledger(own.place(), ledgerTable(config), settings.ledgerId());
            problems.addAll(new DryRuns(client, own).check(ledger));
            problems.addAll(existing(client, own.place(), settings).check(config.topics()));
        } catch (JobException e) {
            boolean refused = e.code() == 401 || e.code() == 403;
            problems.add(new Problem(
                    refused ? CREDENTIALS : PROJECT,
                    String.valueOf(
                            BigQueryErrors.translate("cannot be asked", e).getMessage())));
        }
        return problems;
    }

    private static ExistingTables<JobException> existing(BigQuery client, Place place, SinkSettings settings) {
        return new ExistingTables<>(settings, new ExistingTables.Types("BOOL", "TIMESTAMP"), table -> {
            Names.checkTable(table);
            return Catalog.find(client, place.api(table))
                    .map(live -> name -> Optional.ofNullable(live.column(name)).map(LiveColumn::type));
        });
    }

    private static @org.jspecify.annotations.Nullable Dataset dataset(
            String key, String name, BigQuery client, BigQuerySettings own, List<Problem> problems)
            throws JobException {
        Dataset found = Catalog.findDataset(client, own.project(), name);
        String location = found == null ? null : found.getLocation();
        if (location != null && !location.equalsIgnoreCase(own.location())) {
            problems.add(new Problem(
                    LOCATION, "is " + own.location() + ", and the dataset of " + key + " is in " + location));
        }
        return found;
    }

    @Override
    public Destination destination(WarehouseSinkConfig config, SinkSettings settings) {
        check(config).stream().findFirst().ifPresent(problem -> {
            throw new ConnectException(problem.key() + " " + problem.message());
        });
        BigQuerySettings own = settings(config, settings);
        Place place = own.place();
        TableId table = ledgerTable(config);
        Ledger ledger = new Ledger(place, table, settings.ledgerId());
        CopyLog log = new CopyLog(
                place.sql(Place.beside(table, "_generations")),
                place.sql(Place.beside(table, "_generation_offsets")),
                settings.ledgerId(),
                Sql.WORDS);
        return new BigQueryDestination(
                own,
                new Jobs(Clients.open(own), own),
                Clients.bucket(own),
                ledger,
                new Mappings(config.unrepresentableAsText()),
                new BigQueryDestination.Overwriting(
                        log, config.overwritesWhole(), settings.bookkeeping().syncedAt()),
                new OperationsLog(
                        place.sql(Place.beside(table, "_tables")), place.sql(Place.beside(table, "_topics")), ledger),
                each -> TargetTables.written(settings, each));
    }

    private static TableId ledgerTable(WarehouseSinkConfig config) {
        TableId table = new TableId(Router.split(config.getString(WarehouseSinkConfig.LEDGER_TABLE)));
        if (table.parts().size() > 1) {
            throw new ConnectException("names a table without a dataset, which is that of " + DATASET);
        }
        Names.checkTable(table);
        return table;
    }

    /** Entries of {@code dataset.table:column|column}. */
    private static Map<TableId, List<String>> columns(WarehouseSinkConfig config, String key) {
        Map<TableId, List<String>> columns = new HashMap<>();
        for (String entry : config.getList(key)) {
            int colon = entry.lastIndexOf(':');
            if (colon < 1 || colon == entry.length() - 1) {
                throw new IllegalArgumentException("\"" + entry + "\" is not of the form dataset.table:column");
            }
            List<String> names = List.of(entry.substring(colon + 1).trim().split("\\|", -1));
            if (names.size() > (key.equals(PARTITION_COLUMNS) ? 1 : 4)) {
                throw new IllegalArgumentException("\"" + entry + "\" names too many columns");
            }
            columns.put(new TableId(Router.split(entry.substring(0, colon).trim())), names);
        }
        return columns;
    }

    private static BigQuerySettings settings(WarehouseSinkConfig config, SinkSettings settings) {
        return new BigQuerySettings(
                config.getString(PROJECT).trim(),
                config.getString(DATASET).trim(),
                config.getString(LOCATION).trim(),
                config.getString(STAGING_DATASET).trim(),
                config.getString(WarehouseSinkConfig.STAGING_LOCATION).trim(),
                config.getPassword(CREDENTIALS),
                config.getString(ENDPOINT).trim(),
                config.getLong(MERGE_INTERVAL_MS),
                config.getInt(PARALLELISM),
                config.getInt(RETRIES),
                config.getInt(BACKOFF_MS),
                columns(config, PARTITION_COLUMNS),
                config.getString(PARTITION_GRANULARITY).toUpperCase(Locale.ROOT),
                columns(config, CLUSTER_COLUMNS),
                settings.logAndView());
    }
}
