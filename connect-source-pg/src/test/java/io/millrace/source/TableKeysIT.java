package io.millrace.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.source.catalog.Catalog;
import io.millrace.source.catalog.TableId;
import io.millrace.testing.PostgresServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Which columns tell rows apart, and what becomes of keys that the replica identity does not tell. */
class TableKeysIT {
    private static PostgresServer postgres;

    @BeforeAll
    static void start() {
        postgres = PostgresServer.start();
    }

    @AfterAll
    static void stop() {
        postgres.close();
    }

    private static List<String> key(String relation) throws SQLException {
        try (Connection connection = postgres.connect()) {
            return new Catalog(connection)
                    .relation(new TableId("own", relation))
                    .orElseThrow()
                    .key();
        }
    }

    @Test
    void onlyWhatNoTwoRowsShareIsAKey() throws SQLException {
        postgres.execute(
                "CREATE SCHEMA own",
                "CREATE TABLE own.primary_one(z int4 NOT NULL UNIQUE, a int4, b int4, PRIMARY KEY (b, a))",
                "CREATE TABLE own.required(a int4 NOT NULL UNIQUE, b int4)",
                "CREATE TABLE own.nullable(a int4 UNIQUE, b int4 NOT NULL)",
                "CREATE TABLE own.in_part(a int4 NOT NULL, b int4, UNIQUE (a, b))",
                "CREATE TABLE own.deferred(a int4 NOT NULL UNIQUE DEFERRABLE INITIALLY DEFERRED)",
                "CREATE TABLE own.second(a int4 NULL, b int4 NOT NULL)",
                "CREATE UNIQUE INDEX second_a ON own.second (a)",
                "CREATE UNIQUE INDEX second_b ON own.second (b)",
                "CREATE TABLE own.identity(a int4 NOT NULL, b int4 NOT NULL)",
                "CREATE UNIQUE INDEX identity_a ON own.identity (a)",
                "CREATE UNIQUE INDEX identity_b ON own.identity (b)",
                "ALTER TABLE own.identity REPLICA IDENTITY USING INDEX identity_b",
                "CREATE MATERIALIZED VIEW own.view AS SELECT 1 AS a",
                "CREATE UNIQUE INDEX view_a ON own.view (a)");
        assertThat(key("primary_one")).containsExactly("b", "a");
        assertThat(key("required")).containsExactly("a");
        assertThat(key("nullable")).as("any number of rows without a value").isEmpty();
        assertThat(key("in_part")).isEmpty();
        assertThat(key("deferred")).as("not unique within a transaction").isEmpty();
        assertThat(key("second")).containsExactly("b");
        assertThat(key("identity")).containsExactly("b");
        assertThat(key("view")).as("its columns cannot be declared").containsExactly("a");
        if (postgres.version() >= 15) {
            postgres.execute("CREATE TABLE own.alike(a int4, UNIQUE NULLS NOT DISTINCT (a))");
            assertThat(key("alike")).containsExactly("a");
        }
    }

    @Test
    void aReplicaIdentityWithoutThePrimaryKey() {
        postgres.execute(
                "CREATE SCHEMA beside",
                "CREATE TABLE beside.t(id int4 PRIMARY KEY, other int4 NOT NULL UNIQUE, v int4)",
                "INSERT INTO beside.t VALUES (1, 10, 0)",
                "ALTER TABLE beside.t REPLICA IDENTITY USING INDEX t_other_key");
        Map<String, List<String>> errors = CdcMirror.errors(postgres, "beside", config -> {});
        assertThat(errors).containsOnlyKeys("message.key.columns");
        assertThat(errors.toString()).contains("beside.t", "[id]", "REPLICA IDENTITY FULL", "as its key");
        assertThat(CdcMirror.errors(postgres, "beside", config -> config.put("message.key.columns", "beside.t:other")))
                .isEmpty();
        assertThat(CdcMirror.errors(postgres, "beside", config -> config.put("snapshot.mode", "initial_only")))
                .isEmpty();
    }

    @Test
    void anUpdateWhoseOldKeyNobodyTellsEndsTheTask() {
        postgres.execute(
                "CREATE SCHEMA later",
                "CREATE TABLE later.t(id int4 PRIMARY KEY, other int4 NOT NULL UNIQUE, v int4)",
                "INSERT INTO later.t VALUES (1, 10, 0)");
        Map<String, String> config = CdcMirror.config(postgres, "later");
        try (TaskRun run = TaskRun.start(config)) {
            run.take("__debezium-heartbeat.later", 1);
            postgres.execute(
                    "ALTER TABLE later.t REPLICA IDENTITY USING INDEX t_other_key",
                    // Under the new key, without a word of the old one.
                    "UPDATE later.t SET id = 2");
            assertThat(run.failure())
                    .contains("a row of later.t was updated", "does not tell the key [id]", "skipped.operations=u");
        }
    }
}
