package io.millrace.sink.warehouse.bigquery;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.sink.SourceTable;
import io.millrace.sink.TopicLog;
import io.millrace.sink.warehouse.WarehouseSinkConnector;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.config.ConfigValue;
import org.apache.kafka.connect.data.Schema;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Mistakes in a configuration, each found at its key before anything is made. */
class ValidationIT {
    private final Target target = new Target();

    @AfterEach
    void close() {
        target.close();
    }

    private static Map<String, List<String>> errors(Map<String, String> config) {
        Map<String, List<String>> errors = new TreeMap<>();
        for (ConfigValue value : new WarehouseSinkConnector().validate(config).configValues()) {
            if (!value.errorMessages().isEmpty()) {
                errors.put(value.name(), value.errorMessages());
            }
        }
        return errors;
    }

    private void assertWrong(String key, String message, String... changes) {
        Map<String, List<String>> errors = errors(target.config(changes));
        assertThat(errors).containsOnlyKeys(key);
        assertThat(errors.get(key)).anyMatch(each -> each.contains(message));
    }

    @Test
    void eachMistakeIsShownAtItsKeyAndNothingIsMade() {
        assertThat(errors(target.config())).isEmpty();
        assertWrong("bigquery.project", "is needed", "bigquery.project", "");
        assertWrong("bigquery.dataset", "letters", "bigquery.dataset", "my-dataset");
        assertWrong("bigquery.staging.dataset", "letters", "bigquery.staging.dataset", "");
        assertWrong("bigquery.partition.columns", "form", "bigquery.partition.columns", "orders");
        assertWrong("bigquery.partition.columns", "too many", "bigquery.partition.columns", "shop.orders:a|b");
        assertWrong("bigquery.partition.granularity", "one of", "bigquery.partition.granularity", "week");
        assertWrong("bigquery.datasett", "not a key", "bigquery.datasett", "x");
        assertWrong("ledger.table", "without a dataset", "ledger.table", "a.b");
        assertWrong("tasks.max", "at most 1", "tasks.max", "2");
        assertWrong("staging.location", "gs://bucket", "staging.location", "s3://bucket/x");
        assertWrong("load.mode", "not offered for warehouse.type=bigquery", "load.mode", "stream");
        assertWrong("load.mode", "take one of avro", "load.mode", "sql");
        assertThat(errors(target.config("load.mode", "Avro"))).isEmpty();
        assertWrong("table.map", "table.map", "table.map", "a:shop.a!b");
        assertThat(target.standIn().tables("mirror")).isEmpty();
    }

    /** Without an endpoint it is the service, whose quotas hold; these fail before it is asked. */
    @Test
    void intervalsThatWouldBreakAQuotaAreRefused() {
        Map<String, String> service = new HashMap<>(target.config("bigquery.merge.interval.ms", "30000"));
        service.remove("bigquery.endpoint");
        assertThat(errors(service)).containsOnlyKeys("bigquery.merge.interval.ms");
        assertThat(errors(service).get("bigquery.merge.interval.ms"))
                .anyMatch(each -> each.contains("at least 57600") && each.contains("1500 load jobs"));
    }

    @Test
    void credentialsThatAreNoneAreRefusedAndNotShown() {
        Map<String, String> service = new HashMap<>(
                target.config("bigquery.merge.interval.ms", "300000", "bigquery.credentials.json", "s3cret"));
        service.remove("bigquery.endpoint");
        assertThat(errors(service)).containsOnlyKeys("bigquery.credentials.json");
        assertThat(errors(service).toString()).contains("not the JSON key").doesNotContain("s3cret");
    }

    @Test
    void whatIsThereIsCompared() {
        SourceTable orders = SourceTable.of("shop", "orders")
                .key("id", Schema.INT32_SCHEMA)
                .column("__deleted", Schema.OPTIONAL_STRING_SCHEMA);
        target.run(new TopicLog().insert(orders, 1, "x"));
        String[] topics = {"topics", "m.shop.orders,m.shop.other"};
        assertThat(errors(target.config(topics))).isEmpty();
        assertWrong("auto.create", "shop.other does not exist", "topics", "m.shop.other", "auto.create", "false");
        assertWrong("primary.key.fields", "no column \"no\"", "topics", "m.shop.orders", "primary.key.fields", "no");
        assertWrong("soft.delete.column", "is STRING", "topics", "m.shop.orders", "delete.mode", "soft");
        assertWrong("bigquery.location", "is EU", "bigquery.location", "EU");
        assertWrong("bigquery.staging.dataset", "no default expiration", "bigquery.staging.dataset", "shop");
    }

    @Test
    void whatATaskWouldBeRefusedIsShown() {
        target.standIn().faults().refuse("POST .*/jobs", 1, 403, "accessDenied");
        assertWrong("bigquery.project", "would not run a query");
        assertThat(errors(target.config())).isEmpty();
    }

    @Test
    void aServiceThatRefusesIsShown() {
        target.standIn().faults().refuse("GET .*", 20, 403, "accessDenied");
        assertWrong("bigquery.credentials.json", "docs/bigquery.md");
    }
}
