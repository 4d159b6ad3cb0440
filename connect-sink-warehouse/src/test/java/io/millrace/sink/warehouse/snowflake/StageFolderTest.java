package io.millrace.sink.warehouse.snowflake;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.sink.SinkSettings;
import io.millrace.sink.SqlRows;
import io.millrace.sink.warehouse.WarehouseSinkConfig;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Each ledger has a folder of its own in the stage, since claims remove what lies in it. */
class StageFolderTest {
    private static String stage(String name, String... more) {
        Map<String, String> config = SqlRows.config(
                Map.of(
                        "name",
                        name,
                        "warehouse.type",
                        "snowflake",
                        SnowflakeWarehouse.DATABASE,
                        "MIRROR",
                        SnowflakeWarehouse.SCHEMA,
                        "PUBLIC"),
                more);
        WarehouseSinkConfig parsed = new WarehouseSinkConfig(config);
        return SnowflakeWarehouse.settings(parsed, SinkSettings.of(parsed)).stage();
    }

    @Test
    void namesThatBecomeOneHaveFoldersOfTheirOwn() {
        assertThat(stage("a.b")).isEqualTo(stage("a.b")).matches("@~/millrace/a_b_[0-9a-f-]{36}/");
        assertThat(stage("a.b")).isNotEqualTo(stage("a_b"));
    }

    @Test
    void connectorsOfOneNameThatWriteElsewhereHaveToo() {
        assertThat(stage("mirror"))
                .isNotEqualTo(stage("mirror", SnowflakeWarehouse.SCHEMA, "OTHER"))
                .isNotEqualTo(stage("mirror", SnowflakeWarehouse.DATABASE, "OTHER"))
                .isNotEqualTo(stage("mirror", WarehouseSinkConfig.LEDGER_TABLE, "other"));
    }
}
