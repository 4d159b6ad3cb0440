package io.millrace.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testing.PostgresServer;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Rows that a policy hides from the source's role are never taken for absent. */
class RowSecurityIT {
    private static PostgresServer postgres;

    @BeforeAll
    static void start() {
        postgres = PostgresServer.start();
        postgres.execute(
                "CREATE ROLE tenant LOGIN REPLICATION PASSWORD 'tenant'",
                "CREATE ROLE sees LOGIN REPLICATION BYPASSRLS PASSWORD 'sees'",
                "GRANT pg_read_all_data, pg_read_all_stats TO tenant, sees");
    }

    @AfterAll
    static void stop() {
        postgres.close();
    }

    /** Three rows, of which the policy shows one. */
    private static void make(String table) {
        postgres.execute(
                "CREATE TABLE " + table + "(id int4 PRIMARY KEY, owner text)",
                "INSERT INTO " + table + " VALUES (1, 'tenant'), (2, 'other'), (3, 'other')");
        restrict(table);
    }

    private static void restrict(String table) {
        postgres.execute(
                "ALTER TABLE " + table + " ENABLE ROW LEVEL SECURITY",
                "CREATE POLICY own ON " + table + " USING (owner = current_user)");
    }

    private static Map<String, String> as(String role, Map<String, String> config) {
        return QueryMirror.with(config, all -> {
            all.put("database.user", role);
            all.put("database.password", role);
        });
    }

    private static Map<String, String> cdc(String name) {
        postgres.execute(
                "CREATE PUBLICATION " + name + " FOR TABLE " + name + ".t WITH (publish_via_partition_root = true)");
        return QueryMirror.with(CdcMirror.config(postgres, name), config -> {
            config.put("publication.autocreate.mode", "disabled");
            config.put("publish.via.partition.root", "true");
        });
    }

    private static Map<String, List<String>> cdcErrors(String name, Map<String, String> config) {
        return CdcMirror.errors(postgres, name, all -> all.putAll(config));
    }

    @Test
    void aCopyIsRefusedAndNotShortened() {
        postgres.execute("CREATE SCHEMA rls");
        make("rls.t");
        Map<String, String> tenant = as("tenant", cdc("rls"));
        Map<String, List<String>> errors = cdcErrors("rls", tenant);
        assertThat(errors).containsOnlyKeys("table.include.list");
        assertThat(errors.toString()).contains("rls.t", "ALTER ROLE tenant BYPASSRLS");
        // Validation may have been passed by before the policy was made.
        try (TaskRun run = TaskRun.start(tenant)) {
            assertThat(run.failure()).contains("\"t\"", "row-level security", "ALTER ROLE tenant BYPASSRLS");
            assertThat(run.of("rls.rls.t")).isEmpty();
        }
        assertThat(cdcErrors("rls", QueryMirror.with(tenant, all -> all.put("snapshot.mode", "no_data"))))
                .as("the WAL knows no policies")
                .isEmpty();
        Map<String, String> sees = as("sees", tenant);
        assertThat(cdcErrors("rls", sees)).isEmpty();
        try (TaskRun run = TaskRun.start(sees)) {
            run.take("rls.rls.t", 3);
        }
    }

    @Test
    void aPartitionsOwnPolicyCountsToo() {
        postgres.execute(
                "CREATE SCHEMA parts",
                "CREATE TABLE parts.t(id int4 PRIMARY KEY, owner text) PARTITION BY RANGE (id)",
                "CREATE TABLE parts.low PARTITION OF parts.t FOR VALUES FROM (0) TO (10)",
                "INSERT INTO parts.t VALUES (1, 'tenant'), (2, 'other')");
        restrict("parts.low");
        Map<String, List<String>> errors = cdcErrors(
                "parts", as("tenant", QueryMirror.with(cdc("parts"), all -> all.put("table.include.list", "parts.t"))));
        assertThat(errors).containsOnlyKeys("table.include.list");
        assertThat(errors.toString()).contains("parts.", "BYPASSRLS");
    }

    @Test
    void aMirrorIsRefusedAndNotShortened() {
        make("asked");
        postgres.execute("CREATE VIEW seen AS SELECT * FROM asked", "ALTER VIEW seen OWNER TO tenant");
        Map<String, String> byId =
                QueryMirror.config(postgres, "asked", "table", "public.asked", "watermark.column", "id");
        Map<String, String> byQuery = QueryMirror.config(
                postgres,
                "askedq",
                "table",
                "public.asked",
                "watermark.table",
                "public.asked",
                "query",
                "SELECT * FROM asked WHERE id BETWEEN {{.start}} AND {{.end}}",
                "watermark.column",
                "id");
        Map<String, String> whole = QueryMirror.config(
                postgres, "askedv", "table", "public.seen", "mode", "full", "change.detection", "none");
        for (Map<String, String> config : List.of(byId, byQuery, whole)) {
            Map<String, String> tenant = as("tenant", config);
            Map<String, List<String>> errors = QueryMirror.errors(tenant);
            assertThat(errors).as(config.toString()).hasSize(1);
            assertThat(errors.toString()).contains("\"asked\"", "ALTER ROLE tenant BYPASSRLS");
            try (TaskRun run = TaskRun.query(tenant, new MemoryOffsets())) {
                assertThat(run.failure()).contains("\"asked\"", "row-level security", "ALTER ROLE tenant BYPASSRLS");
            }
        }
        assertThat(QueryMirror.errors(as("sees", byId))).isEmpty();
        try (TaskRun run = TaskRun.query(as("sees", byId), new MemoryOffsets())) {
            run.take("asked.public.asked", 3);
        }
    }

    /** A policy that is made while the mirror runs. */
    @Test
    void aMirrorThatRunsStops() {
        postgres.execute(
                "CREATE TABLE later(id bigserial PRIMARY KEY, owner text)",
                "INSERT INTO later(owner) VALUES ('other'), ('tenant')");
        Map<String, String> config =
                as("tenant", QueryMirror.config(postgres, "later", "table", "public.later", "watermark.column", "id"));
        try (TaskRun run = TaskRun.query(config, new MemoryOffsets())) {
            run.take("later.public.later", 2);
            restrict("later");
            postgres.execute("INSERT INTO later(owner) VALUES ('other'), ('tenant')");
            assertThat(run.failure()).contains("\"later\"", "ALTER ROLE tenant BYPASSRLS");
            assertThat(run.of("later.public.later")).hasSize(2);
        }
    }
}
