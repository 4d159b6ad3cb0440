package io.millrace.sink.warehouse.snowflake;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.sink.SourceTable;
import io.millrace.sink.TopicLog;
import io.millrace.sink.warehouse.WarehouseSinkConnector;
import java.security.KeyPairGenerator;
import java.util.Base64;
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
        assertWrong("snowflake.url.name", "is needed", "snowflake.url.name", "");
        assertWrong("snowflake.url.name", "is needed", "snowflake.url.name", "jdbc:snowflake://x");
        assertWrong("snowflake.user.name", "is needed", "snowflake.user.name", " ");
        assertWrong("snowflake.private.key", "or snowflake.password", "snowflake.password", "");
        assertWrong("snowflake.private.key", "no Base64", "snowflake.private.key", "-----BEGIN PRIVATE KEY-----\n?");
        assertWrong("snowflake.database.name", "is needed", "snowflake.database.name", "");
        assertWrong("snowflake.database.name", "OTHER does not exist", "snowflake.database.name", "other");
        assertWrong("snowflake.schema.name", "is needed", "snowflake.schema.name", "");
        assertWrong("snowflake.user.name", "Incorrect username", "snowflake.password", "wrong");
        assertWrong("snowflake.identifier.case", "one of", "snowflake.identifier.case", "lower");
        assertWrong("snowflake.lock.timeout.ms", "at least", "snowflake.lock.timeout.ms", "0");
        assertWrong("snowflake.warehouse", "not a key", "snowflake.warehouse", "x");
        assertWrong("staging.location", "internal stage", "staging.location", "s3://bucket/x");
        assertWrong("staging.location", "internal stage", "staging.location", "@~/it's");
        assertWrong("staging.location", "not used", "staging.location", "@~/x", "load.mode", "sql");
        assertWrong("load.mode", "take one of avro, sql", "load.mode", "stream");
        assertWrong("ledger.table", "schema and a table", "ledger.table", "a.b.c");
        assertWrong("tasks.max", "at most 1", "tasks.max", "2");
        assertThat(target.standIn().tables("MIRROR")).isEmpty();
    }

    @Test
    void tablesThatAreThereAreCompared() {
        SourceTable orders = SourceTable.of("shop", "orders")
                .key("id", Schema.INT32_SCHEMA)
                .column("gone", Schema.OPTIONAL_STRING_SCHEMA);
        target.run(new TopicLog().insert(orders, 1, "a"));
        String[] keyed = {"topics", orders.topic(), "primary.key.mode", "record_key"};
        assertThat(errors(target.config(keyed))).isEmpty();
        assertWrong(
                "soft.delete.column",
                "is VARCHAR and has to be BOOLEAN",
                "topics",
                orders.topic(),
                "delete.mode",
                "soft",
                "soft.delete.column",
                "gone");
        assertWrong("auto.create", "shop.others does not exist", "topics", "x.shop.others", "auto.create", "false");
    }

    @Test
    void aKeyIsReadInEveryForm() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        String text = Base64.getMimeEncoder()
                .encodeToString(generator.generateKeyPair().getPrivate().getEncoded());
        for (String form : List.of(
                text,
                "-----BEGIN PRIVATE KEY-----\n" + text + "\n-----END PRIVATE KEY-----\n",
                text.replaceAll("\\s", ""))) {
            assertThat(errors(target.config("snowflake.private.key", form, "snowflake.password", "")))
                    .isEmpty();
        }
    }
}
