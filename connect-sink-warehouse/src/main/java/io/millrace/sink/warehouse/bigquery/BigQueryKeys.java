package io.millrace.sink.warehouse.bigquery;

import java.util.List;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Type;
import org.apache.kafka.common.config.ConfigDef.Width;

/** BigQuery's keys, with their documentation. */
final class BigQueryKeys {
    private static final String GROUP = "BigQuery";

    private BigQueryKeys() {}

    static void define(ConfigDef def) {
        named(
                def,
                BigQueryWarehouse.PROJECT,
                Importance.HIGH,
                1,
                "The project that holds the datasets and pays for the jobs.");
        named(
                def,
                BigQueryWarehouse.DATASET,
                Importance.HIGH,
                2,
                "The dataset of the ledger's tables, and of target tables whose names have no dataset; made when missing, as are the others.");
        def.define(
                BigQueryWarehouse.CREDENTIALS,
                Type.PASSWORD,
                "",
                Importance.HIGH,
                "The JSON key of a service account, as text. Empty: the worker's application default credentials.",
                GROUP,
                3,
                Width.LONG,
                "Service account key");
        text(
                def,
                BigQueryWarehouse.LOCATION,
                "US",
                "Where datasets are made and jobs run, for example <code>EU</code>. Datasets that exist have to be there.");
        text(
                def,
                BigQueryWarehouse.STAGING_DATASET,
                "millrace_staging",
                "The dataset that load jobs write to. It is made with an expiration of a day for its tables; one that exists has to have an expiration, so that what a killed task has left goes away.");
        def.define(
                BigQueryWarehouse.MERGE_INTERVAL_MS,
                Type.LONG,
                300_000L,
                ConfigDef.Range.atLeast(0),
                Importance.HIGH,
                "Time from one flush to the next, in milliseconds; used where it is longer than <code>sync.interval.ms</code>, and offset commits do not flush before it. A flush is a load job and a MERGE for each table that has changed: shorter intervals cost more and use up the project's quotas."
                        + " Buffers that are full (<code>buffer.max.bytes</code>, <code>max.batch.size</code>) are flushed earlier.",
                GROUP,
                4,
                Width.SHORT,
                "Merge interval");
        tables(def);
        requests(def);
    }

    private static void tables(ConfigDef def) {
        def.define(
                BigQueryWarehouse.PARTITION_COLUMNS,
                Type.LIST,
                List.of(),
                Importance.MEDIUM,
                "Columns that tables are partitioned by when they are made, as <code>dataset.table:column</code>; of type DATE, DATETIME or TIMESTAMP. A MERGE reads only the partitions of a batch if the column is part of the key.");
        def.define(
                BigQueryWarehouse.PARTITION_GRANULARITY,
                Type.STRING,
                "day",
                ConfigDef.CaseInsensitiveValidString.in("hour", "day", "month", "year"),
                Importance.LOW,
                "How large a partition is. A table has at most 10,000.");
        def.define(
                BigQueryWarehouse.CLUSTER_COLUMNS,
                Type.LIST,
                List.of(),
                Importance.MEDIUM,
                "Columns that tables are clustered by when they are made, as <code>dataset.table:column</code> or <code>dataset.table:first|second</code>. Other tables are clustered by their key, so that a MERGE reads only blocks that may hold the batch's keys.");
    }

    private static void requests(ConfigDef def) {
        number(
                def,
                BigQueryWarehouse.PARALLELISM,
                8,
                1,
                100,
                "How many tables of a flush are loaded and merged at once.");
        number(
                def,
                BigQueryWarehouse.RETRIES,
                5,
                0,
                100,
                "How often what BigQuery calls transient is repeated before the flush is given up.");
        number(
                def,
                BigQueryWarehouse.BACKOFF_MS,
                1000,
                1,
                600_000,
                "Time before the first repetition, in milliseconds; it doubles with each, up to half a minute.");
        text(
                def,
                BigQueryWarehouse.ENDPOINT,
                "",
                "Address of an emulator, for example <code>http://localhost:9050</code>; it is asked without credentials, and quotas are not checked. Empty: the service.");
    }

    private static void named(ConfigDef def, String name, Importance importance, int order, String documentation) {
        def.define(name, Type.STRING, "", importance, documentation, GROUP, order, Width.MEDIUM, name);
    }

    private static void text(ConfigDef def, String name, String value, String documentation) {
        def.define(name, Type.STRING, value, Importance.LOW, documentation);
    }

    private static void number(ConfigDef def, String name, int value, int least, int most, String documentation) {
        def.define(name, Type.INT, value, ConfigDef.Range.between(least, most), Importance.LOW, documentation);
    }
}
