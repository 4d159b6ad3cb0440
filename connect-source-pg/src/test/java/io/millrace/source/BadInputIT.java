package io.millrace.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testing.Await;
import io.millrace.testing.PostgresOptions;
import io.millrace.testing.PostgresServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;

/** What a user is told, and on which key, before anything has changed at the source. */
class BadInputIT {
    private static PostgresServer postgres;

    @BeforeAll
    static void start() {
        postgres = PostgresServer.start();
        postgres.execute(
                "CREATE SCHEMA bad",
                "CREATE TABLE bad.t(id int4 PRIMARY KEY, name text)",
                "CREATE ROLE plain LOGIN PASSWORD 'postgres'",
                "CREATE ROLE replicator LOGIN REPLICATION PASSWORD 'postgres'",
                "CREATE ROLE reader LOGIN REPLICATION PASSWORD 'postgres'",
                "GRANT USAGE ON SCHEMA bad TO reader",
                "GRANT SELECT ON bad.t TO reader");
    }

    @AfterAll
    static void stop() {
        postgres.close();
    }

    @AfterEach
    void nothingWasMade() {
        assertThat(postgres.queryOne("SELECT count(*)::text FROM pg_publication"))
                .isEqualTo("0");
        assertThat(postgres.queryOne("SELECT count(*)::text FROM pg_replication_slots"))
                .isEqualTo("0");
    }

    private static Map<String, List<String>> errors(PostgresServer server, Consumer<Map<String, String>> change) {
        return CdcMirror.errors(server, "bad", change);
    }

    private static void expect(Consumer<Map<String, String>> change, String key, String... parts) {
        Map<String, List<String>> errors = errors(postgres, change);
        assertThat(errors).containsOnlyKeys(key);
        assertThat(String.join(" ", errors.getOrDefault(key, List.of()))).contains(parts);
    }

    @Test
    void aGoodConfigurationHasNoError() {
        assertThat(errors(postgres, config -> {})).isEmpty();
    }

    @Test
    void wrongPassword() throws Exception {
        // The embedded server trusts local connections unless told otherwise.
        Path hba = Path.of(postgres.queryOne("SHOW hba_file"));
        String trusting = Files.readString(hba);
        Files.writeString(hba, "host all plain all scram-sha-256\n" + trusting);
        try {
            postgres.execute("SELECT pg_reload_conf()");
            Consumer<Map<String, String>> wrong = config -> {
                config.put("database.user", "plain");
                config.put("database.password", "secret-but-wrong");
            };
            Await.until("the server asks for passwords", () -> errors(postgres, wrong)
                    .containsKey("database.password"));
            expect(wrong, "database.password", "password authentication failed", "plain");
            assertThat(errors(postgres, wrong).toString()).doesNotContain("secret-but-wrong");
        } finally {
            Files.writeString(hba, trusting);
            postgres.execute("SELECT pg_reload_conf()");
        }
    }

    @Test
    void unknownRole() {
        expect(config -> config.put("database.user", "nobody"), "database.password", "nobody");
    }

    @Test
    void wrongHost() {
        expect(config -> config.put("database.hostname", "no-such-host.invalid"), "database.hostname", "no-such-host");
    }

    @Test
    void wrongPort() {
        expect(config -> config.put("database.port", "1"), "database.hostname", "refused");
    }

    @Test
    void wrongDatabase() {
        expect(config -> config.put("database.dbname", "nothing"), "database.dbname", "nothing");
    }

    @Test
    void walLevelNotLogical() {
        try (PostgresServer replica =
                PostgresServer.start(PostgresOptions.defaults().with("wal_level", "replica"))) {
            replica.execute("CREATE SCHEMA bad", "CREATE TABLE bad.t(id int4 PRIMARY KEY)");
            assertThat(errors(replica, config -> {}).get("slot.name"))
                    .singleElement()
                    .asString()
                    .contains("wal_level is replica", "ALTER SYSTEM SET wal_level = logical");
            assertThat(errors(replica, config -> config.put("snapshot.mode", "initial_only")))
                    .isEmpty();
        }
    }

    @Test
    void noReplicationPrivilege() {
        Map<String, List<String>> errors = errors(postgres, config -> config.put("database.user", "plain"));
        assertThat(errors.get("database.user")).singleElement().asString().contains("ALTER ROLE plain REPLICATION");
    }

    @Test
    void noPrivilegeOnATable() {
        Map<String, List<String>> errors = errors(postgres, config -> config.put("database.user", "replicator"));
        assertThat(errors.get("table.include.list"))
                .singleElement()
                .asString()
                .contains("bad.t", "GRANT SELECT ON \"bad\".\"t\" TO replicator");
    }

    @Test
    void publicationThatMayNotBeMade() {
        expect(
                config -> config.put("database.user", "reader"),
                "publication.name",
                "CREATE PUBLICATION \"bad\" FOR TABLE \"bad\".\"t\"");
    }

    @Test
    void publicationMissingWithAutocreateDisabled() {
        expect(
                config -> config.put("publication.autocreate.mode", "disabled"),
                "publication.name",
                "does not exist",
                "CREATE PUBLICATION");
    }

    @Test
    void noTableMatches() {
        expect(config -> config.put("table.include.list", "bad.typo"), "table.include.list", "matches no table");
    }

    @Test
    void keyColumnExcluded() {
        expect(config -> config.put("column.exclude.list", "bad.t.id"), "column.exclude.list", "bad.t.id", "key");
    }

    @Test
    void bothListsOfAPair() {
        expect(config -> config.put("table.exclude.list", "bad.x"), "table.include.list", "not both");
    }

    @Test
    void unknownValue() {
        expect(config -> config.put("snapshot.mode", "sometimes"), "snapshot.mode", "initial_only");
    }

    @Test
    void keysOfDebeziumThatWouldBePassedOverInSilence() {
        expect(config -> config.put("converters", "isbn"), "converters", "not supported");
        expect(
                config -> config.put("column.mask.with.5.chars", "bad.t.name"),
                "column.mask.with.5.chars",
                "ExcludeColumns");
        assertThat(errors(postgres, config -> {
                    config.put("plugin.name", "pgoutput");
                    config.put("snapshot.fetch.size", "1000");
                    config.put("provide.transaction.metadata", "false");
                }))
                .isEmpty();
    }

    @Test
    void tableWhoseOwnUpdatesWouldFail() {
        postgres.execute(
                "CREATE SCHEMA unkeyed",
                "CREATE TABLE unkeyed.log (line text)",
                "CREATE TABLE unkeyed.stock (item text, n int4)",
                "INSERT INTO unkeyed.log VALUES ('x')",
                "INSERT INTO unkeyed.stock VALUES ('x', 1)",
                "UPDATE unkeyed.stock SET n = 2");
        Await.until("the server has counted the update", () -> {
            Map<String, List<String>> errors = CdcMirror.errors(postgres, "unkeyed", config -> {});
            return errors.keySet().equals(Set.of("table.include.list"))
                    && errors.toString().contains("unkeyed.stock has no replica identity")
                    && errors.toString().contains("refuses every UPDATE and DELETE");
        });
        postgres.execute("ALTER TABLE unkeyed.stock REPLICA IDENTITY FULL");
        assertThat(CdcMirror.errors(postgres, "unkeyed", config -> {})).isEmpty();
    }

    @Test
    void badSlotName() {
        expect(config -> config.put("slot.name", "Bad-Slot"), "slot.name", "lower-case");
    }

    @Test
    void slotInUse() throws Exception {
        postgres.execute(
                "SELECT pg_create_logical_replication_slot('taken', 'pgoutput')",
                "CREATE PUBLICATION bad FOR TABLE bad.t");
        var properties = new Properties();
        properties.put("user", postgres.user());
        properties.put("password", postgres.password());
        properties.put("replication", "database");
        properties.put("preferQueryMode", "simple");
        properties.put("assumeMinServerVersion", "14");
        properties.put("ApplicationName", "another reader");
        try (var connection = DriverManager.getConnection(postgres.jdbcUrl(), properties);
                var stream = connection
                        .unwrap(PGConnection.class)
                        .getReplicationAPI()
                        .replicationStream()
                        .logical()
                        .withSlotName("taken")
                        .withSlotOption("proto_version", 1)
                        .withSlotOption("publication_names", "bad")
                        .start()) {
            assertThat(stream.isClosed()).isFalse();
            expect(config -> config.put("slot.name", "taken"), "slot.name", "in use by pid", "another reader");
        } finally {
            postgres.execute("DROP PUBLICATION bad");
            Await.until("the slot is free", () -> postgres.queryOne("SELECT active::text FROM pg_replication_slots")
                    .equals("false"));
            postgres.execute("SELECT pg_drop_replication_slot('taken')");
        }
    }

    @Test
    void slotOfAnotherPlugin() {
        postgres.execute(
                "SELECT pg_create_logical_replication_slot('other', 'test_decoding')",
                "CREATE PUBLICATION bad FOR TABLE bad.t");
        try {
            expect(config -> config.put("slot.name", "other"), "slot.name", "test_decoding", "not pgoutput");
        } finally {
            postgres.execute("SELECT pg_drop_replication_slot('other')", "DROP PUBLICATION bad");
        }
    }

    @Test
    void slotOlderThanItsPublication() {
        postgres.execute("SELECT pg_create_logical_replication_slot('older', 'pgoutput')");
        try {
            expect(config -> config.put("slot.name", "older"), "publication.name", "older", "drop the slot");
        } finally {
            postgres.execute("SELECT pg_drop_replication_slot('older')");
        }
    }
}
