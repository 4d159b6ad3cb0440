package io.millrace.source;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.testing.Await;
import io.millrace.testing.ConnectWorker;
import io.millrace.testing.KafkaBroker;
import io.millrace.testing.PostgresOptions;
import io.millrace.testing.PostgresServer;
import io.millrace.testing.WorkerOptions;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class CdcSourceIT {
    private static PostgresServer postgres;
    private static KafkaBroker broker;
    private static ConnectWorker worker;

    @BeforeAll
    static void start() {
        postgres = PostgresServer.start();
        broker = KafkaBroker.start();
        worker = ConnectWorker.embedded(broker, WorkerOptions.withModules("connect-source-pg"));
    }

    @AfterAll
    static void stop() {
        worker.close();
        broker.close();
        postgres.close();
    }

    @Test
    void copiesThenStreamsEveryKindOfChange() {
        postgres.execute(
                "CREATE SCHEMA mixed",
                "CREATE TABLE mixed.item(id int8 PRIMARY KEY, name text NOT NULL, price numeric(10,2), \"select\" text)",
                "INSERT INTO mixed.item SELECT i, 'item ' || i, i * 1.5, NULL FROM generate_series(1, 5000) i");
        Map<String, String> config = CdcMirror.config(postgres, "mixed");
        config.put("snapshot.rows.per.partition", "1000");
        worker.rest().put("mixed", config);
        worker.rest().awaitRunning("mixed", 2);
        List<JsonNode> copied = CdcMirror.values(broker, "mixed.mixed.item", 5000);
        assertThat(copied)
                .allSatisfy(value -> assertThat(value.get("op").asText()).isEqualTo("r"));
        Set<Long> ids = copied.stream().map(v -> v.at("/after/id").asLong()).collect(Collectors.toSet());
        assertThat(ids).hasSize(5000);

        postgres.execute(
                "INSERT INTO mixed.item VALUES (5001, 'new', 1, 'x')",
                "UPDATE mixed.item SET name = 'changed' WHERE id = 1",
                "UPDATE mixed.item SET id = 6000 WHERE id = 2",
                "DELETE FROM mixed.item WHERE id = 3",
                "TRUNCATE mixed.item");
        List<JsonNode> all = CdcMirror.values(broker, "mixed.mixed.item", 5008);
        List<String> operations = all.subList(5000, 5008).stream()
                .map(v -> v.isNull() ? "tombstone" : v.get("op").asText())
                .toList();
        assertThat(operations).containsExactly("c", "u", "d", "tombstone", "c", "d", "tombstone", "t");
    }

    @Test
    void confirmsToTheSlotWhatConnectHasStored() {
        postgres.execute("CREATE SCHEMA confirmed", "CREATE TABLE confirmed.t(id int4 PRIMARY KEY)");
        worker.rest().put("confirmed", CdcMirror.config(postgres, "confirmed"));
        worker.rest().awaitRunning("confirmed", 2);
        postgres.execute("INSERT INTO confirmed.t SELECT generate_series(1, 100)");
        CdcMirror.values(broker, "confirmed.confirmed.t", 100);
        String target = postgres.queryOne("SELECT pg_current_wal_lsn()::text");
        Await.until("the slot is confirmed beyond the insert", () -> postgres.queryOne(
                        "SELECT (confirmed_flush_lsn >= '" + target + "'::pg_lsn)::text"
                                + " FROM pg_replication_slots WHERE slot_name = 'confirmed'")
                .equals("true"));
    }

    @Test
    void goesOnWhereItWasAfterARestart() {
        postgres.execute("CREATE SCHEMA resumed", "CREATE TABLE resumed.t(id int4 PRIMARY KEY)");
        postgres.execute("INSERT INTO resumed.t SELECT generate_series(1, 100)");
        worker.rest().put("resumed", CdcMirror.config(postgres, "resumed"));
        CdcMirror.values(broker, "resumed.resumed.t", 100);
        postgres.execute("INSERT INTO resumed.t SELECT generate_series(101, 200)");
        CdcMirror.values(broker, "resumed.resumed.t", 200);
        worker.rest().stop("resumed");
        worker.rest().awaitState("resumed", "STOPPED");
        postgres.execute("INSERT INTO resumed.t SELECT generate_series(201, 300)");
        worker.rest().resume("resumed");
        List<JsonNode> all = CdcMirror.values(broker, "resumed.resumed.t", 300);
        assertThat(all.stream().map(v -> v.at("/after/id").asInt()).distinct()).hasSize(300);
    }

    @Tag("extended")
    @Test
    void copiesOnlyWithoutASlotAndWithoutLogicalWal() {
        try (PostgresServer plain =
                PostgresServer.start(PostgresOptions.defaults().with("wal_level", "replica"))) {
            plain.execute(
                    "CREATE SCHEMA solo",
                    "CREATE TABLE solo.t(id int4 PRIMARY KEY)",
                    "INSERT INTO solo.t SELECT generate_series(1, 3000)",
                    "CREATE ROLE reader LOGIN PASSWORD 'reader'",
                    "GRANT USAGE ON SCHEMA solo TO reader",
                    "GRANT SELECT ON solo.t TO reader");
            Map<String, String> config = CdcMirror.config(plain, "solo");
            config.put("snapshot.mode", "initial_only");
            config.put("database.user", "reader");
            config.put("database.password", "reader");
            config.put("snapshot.rows.per.partition", "1000");
            worker.rest().put("solo", config);
            List<JsonNode> copied = CdcMirror.values(broker, "solo.solo.t", 3000);
            assertThat(copied.stream().map(v -> v.at("/after/id").asInt()).distinct())
                    .hasSize(3000);
            assertThat(plain.queryOne("SELECT count(*)::text FROM pg_replication_slots"))
                    .isEqualTo("0");
            worker.rest().delete("solo");
        }
    }

    @Test
    void aRecordTooLargeForTheProducerStopsTheTaskAndNamesTheSettingAndTheTable() {
        postgres.execute(
                "CREATE SCHEMA oversize",
                "CREATE TABLE oversize.t(id int4 PRIMARY KEY, big text)",
                "INSERT INTO oversize.t SELECT 1, string_agg(md5(i::text), '') FROM generate_series(1, 50000) i");
        worker.rest().put("oversize", CdcMirror.config(postgres, "oversize"));
        assertThat(worker.rest().awaitFailed("oversize")).contains("max.request.size");
        assertThat(worker.log(5000))
                .contains("A row for topic oversize.oversize.t", "producer.override.max.request.size");
        worker.rest().delete("oversize");
    }
}
