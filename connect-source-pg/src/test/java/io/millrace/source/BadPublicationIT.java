package io.millrace.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testing.PostgresOptions;
import io.millrace.testing.PostgresServer;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What a user is told about publications, keys and slots, on which key, before anything has changed at the source. */
class BadPublicationIT {
    private static PostgresServer postgres;

    @BeforeAll
    static void start() {
        // Conditions and column lists came with 15; what 14 says has a test of its own.
        postgres = PostgresServer.start(PostgresOptions.atLeast(15));
        tables(postgres);
        postgres.execute("CREATE ROLE owner LOGIN REPLICATION PASSWORD 'postgres'");
        for (String owned : List.of("SCHEMA bad", "TABLE bad.t", "TABLE bad.whole", "TABLE bad.keyless")) {
            postgres.execute("ALTER " + owned + " OWNER TO owner");
        }
        postgres.execute("GRANT CREATE ON DATABASE " + postgres.database() + " TO owner");
    }

    private static void tables(PostgresServer server) {
        server.execute(
                "CREATE SCHEMA bad",
                "CREATE TABLE bad.t(id int4 PRIMARY KEY, name text)",
                "CREATE TABLE bad.whole(id int4, name text)",
                "ALTER TABLE bad.whole REPLICA IDENTITY FULL",
                "CREATE TABLE bad.keyless(id int4, name text)");
    }

    @AfterAll
    static void stop() {
        postgres.close();
    }

    @AfterEach
    void dropPublications() {
        postgres.execute("DROP PUBLICATION IF EXISTS bad");
    }

    private static void expect(Consumer<Map<String, String>> change, String key, String... parts) {
        expect(postgres, change, key, parts);
    }

    private static void expect(
            PostgresServer server, Consumer<Map<String, String>> change, String key, String... parts) {
        Map<String, List<String>> errors = CdcMirror.errors(server, "bad", change);
        assertThat(errors).containsOnlyKeys(key);
        assertThat(String.join(" ", errors.getOrDefault(key, List.of()))).contains(parts);
    }

    private static Consumer<Map<String, String>> filter(String table, String condition) {
        return config -> {
            config.put("row.filter", table);
            config.put("row.filter." + table, condition);
        };
    }

    @Test
    void conditionsThatAPublicationCannotHave() {
        expect(filter("bad.t", "name = 'x'"), "row.filter", "replica identity (\"id\")", "REPLICA IDENTITY FULL");
        expect(filter("bad.t", "id = (SELECT 1)"), "row.filter", "subquery");
        expect(filter("bad.t", "id >"), "row.filter", "bad.t", "syntax error");
        expect(filter("bad.keyless", "id = 1"), "row.filter", "no replica identity");
        expect(filter("bad.typo", "id = 1"), "row.filter", "bad.typo", "not captured");
        expect(config -> config.put("row.filter", "bad.t"), "row.filter", "row.filter.bad.t");
        expect(config -> config.put("row.filter.bad.t", "id = 1"), "row.filter", "does not list");
        assertThat(CdcMirror.errors(postgres, "bad", filter("bad.whole", "name = 'x' AND id > 1")))
                .isEmpty();
    }

    @Test
    void conditionsAndColumnListsNeedAPublicationOfOurs() {
        expect(
                filter("bad.t", "id = 1").andThen(config -> config.put("publication.autocreate.mode", "all_tables")),
                "row.filter",
                "publication.autocreate.mode=filtered");
        postgres.execute("CREATE PUBLICATION bad FOR ALL TABLES");
        expect(filter("bad.t", "id = 1"), "row.filter", "for all tables");
    }

    @Test
    void aColumnListWithoutTheReplicaIdentity() {
        expect(
                config -> {
                    config.put("publication.column.lists", "true");
                    config.put("column.exclude.list", "bad.whole.name");
                },
                "publication.column.lists",
                "bad.whole",
                "name");
    }

    @Test
    void whatOlderServersCannot() {
        try (PostgresServer old =
                PostgresServer.start(PostgresOptions.defaults().version(14))) {
            tables(old);
            expect(old, filter("bad.t", "id = 1"), "row.filter", "from Postgres 15", "the server is 14");
            expect(
                    old,
                    config -> config.put("publication.column.lists", "true"),
                    "publication.column.lists",
                    "from Postgres 15");
            expect(
                    old,
                    config -> config.put("publish.generated.columns", "stored"),
                    "publish.generated.columns",
                    "from Postgres 18");
            expect(old, config -> config.put("slot.failover", "true"), "slot.failover", "from Postgres 17");
            assertThat(CdcMirror.errors(old, "bad", config -> {})).isEmpty();
        }
    }

    @Test
    void keysThatADeleteWouldNotTell() {
        expect(
                config -> config.put("message.key.columns", "bad.t:name"),
                "message.key.columns",
                "bad.t",
                "REPLICA IDENTITY FULL");
        expect(config -> config.put("message.key.columns", "bad.t"), "message.key.columns", "table:column");
        expect(config -> config.put("message.key.columns", "bad.t:typo"), "message.key.columns", "matches no columns");
        assertThat(CdcMirror.errors(postgres, "bad", config -> config.put("message.key.columns", "bad.whole:name")))
                .isEmpty();
    }

    @Test
    void aPublicationThatKeepsOperationsToItself() {
        postgres.execute(
                "CREATE PUBLICATION bad FOR TABLE bad.t, bad.whole, bad.keyless WITH (publish = 'insert, delete')");
        expect(config -> {}, "publication.name", "[t, u]", "SET (publish = ");
        assertThat(CdcMirror.errors(postgres, "bad", config -> config.put("skipped.operations", "u,t")))
                .isEmpty();
    }

    @Test
    void aPublicationByPartitionRootAgainstTheConfiguration() {
        postgres.execute(
                "CREATE PUBLICATION bad FOR TABLE bad.t, bad.whole, bad.keyless WITH (publish_via_partition_root = true)");
        expect(config -> {}, "publish.via.partition.root", "has true", "publish_via_partition_root = false");
    }

    @Test
    void allTablesNeedASuperuser() {
        expect(
                config -> {
                    config.put("database.user", "owner");
                    config.put("publication.autocreate.mode", "all_tables");
                },
                "publication.autocreate.mode",
                "superuser",
                "CREATE PUBLICATION \"bad\" FOR ALL TABLES");
        assertThat(CdcMirror.errors(postgres, "bad", config -> config.put("database.user", "owner")))
                .isEmpty();
    }

    @Test
    void bothListsOfPrefixes() {
        expect(
                config -> {
                    config.put("message.prefix.include.list", "a");
                    config.put("message.prefix.exclude.list", "b");
                },
                "message.prefix.include.list",
                "not both");
    }

    @Test
    void topicCreationPassesThrough() {
        assertThat(CdcMirror.errors(postgres, "bad", config -> {
                    config.put("topic.creation.default.partitions", "3");
                    config.put("topic.creation.default.replication.factor", "1");
                    config.put("topic.creation.groups", "big");
                    config.put("topic.creation.big.include", ".*big");
                }))
                .isEmpty();
    }
}
