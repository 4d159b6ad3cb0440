package io.millrace.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.testing.PostgresOptions;
import io.millrace.testing.PostgresServer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Stored positions: those that users give by REST, and those that were counted in another stream. */
class OffsetsIT {
    private static PostgresServer postgres;

    @BeforeAll
    static void start() {
        postgres = PostgresServer.start(PostgresOptions.defaults().with("track_commit_timestamp", "on"));
        postgres.execute(
                "CREATE SCHEMA alt",
                "CREATE TABLE alt.t(id int4 PRIMARY KEY)",
                "CREATE PUBLICATION alt FOR TABLE alt.t",
                "INSERT INTO alt.t VALUES (1)",
                "SELECT pg_create_logical_replication_slot('alt', 'pgoutput')");
    }

    @AfterAll
    static void stop() {
        postgres.close();
    }

    private static long number(String lsn) {
        return Long.parseLong(postgres.queryOne("SELECT (" + lsn + " - '0/0')::int8::text"));
    }

    private static long confirmed() {
        return number("(SELECT confirmed_flush_lsn FROM pg_replication_slots WHERE slot_name = 'alt')");
    }

    @SuppressWarnings("NullAway")
    private static boolean alter(Map<String, ?> partition, @Nullable Map<String, ?> offset) {
        Map<Map<String, ?>, Map<String, ?>> offsets = new HashMap<>();
        offsets.put(partition, offset);
        return new PostgresCdcSourceConnector().alterOffsets(CdcMirror.config(postgres, "alt"), offsets);
    }

    private static void refused(Map<String, ?> partition, Map<String, ?> offset, String... parts) {
        assertThatThrownBy(() -> alter(partition, offset))
                .isInstanceOf(ConnectException.class)
                .hasMessageContainingAll(parts);
    }

    @Test
    void offsetsThatCanBeGoneOnFrom() {
        Map<String, String> partition = Map.of("server", "alt");
        assertThat(alter(partition, Map.of("lsn_commit", confirmed()))).isTrue();
        assertThat(alter(partition, Map.of("lsn", number("pg_current_wal_lsn()"), "messageType", "INSERT")))
                .isTrue();
        assertThatCode(() -> alter(partition, null)).doesNotThrowAnyException();
        assertThatCode(() -> alter(Map.of("server", "alt", "table", "alt.t", "lane", "0"), null))
                .doesNotThrowAnyException();
    }

    @Test
    void offsetsThatCannot() {
        Map<String, String> partition = Map.of("server", "alt");
        refused(Map.of("server", "other"), Map.of("lsn", 1L), "{\"server\": \"alt\"}");
        refused(Map.of("server", "alt", "table", "alt.t", "lane", "0"), Map.of("done", "0"), "progress of a copy");
        refused(partition, Map.of("lsm", 1L), "no key lsm");
        refused(partition, Map.of("lsn", "0/16B3748"), "lsn has to be a whole number");
        refused(partition, Map.of("ts_usec", 1L), "give lsn_commit");
        refused(partition, Map.of("lsn", confirmed(), "millrace.ordinal", 3L), "millrace.commit_lsn");
        refused(partition, Map.of("lsn_commit", confirmed() - 1), "is too early", "Give " + confirmed());
        refused(partition, Map.of("lsn_commit", number("pg_current_wal_lsn()") + (1 << 30)), "not written yet");
    }

    @Test
    void aPositionWithoutItsSlot() {
        Map<String, String> config = CdcMirror.config(postgres, "alt");
        config.put("slot.name", "nowhere");
        assertThatThrownBy(() -> new PostgresCdcSourceConnector()
                        .alterOffsets(config, Map.of(Map.of("server", "alt"), Map.of("lsn", confirmed()))))
                .hasMessageContainingAll("slot.name", "nowhere", "does not exist", "Delete the offsets");
    }

    /** Debezium's offset has no timeline, but the transaction that was read last. */
    @Test
    void aServerWithoutTheTransactionThatDebeziumReadLastIsRefused() throws SQLException {
        postgres.execute("CREATE SCHEMA dbz", "CREATE TABLE dbz.t(id int4 PRIMARY KEY)");
        Map<String, String> config = CdcMirror.config(postgres, "dbz");
        config.put("snapshot.mode", "no_data");
        Map<String, Object> theirs = new HashMap<>();
        try (TaskRun run = TaskRun.start(config, new MemoryOffsets())) {
            run.take("__millrace-control.dbz", 2);
            postgres.execute("INSERT INTO dbz.t VALUES (1)");
            run.take("dbz.dbz.t", 1).get(0).sourceOffset().forEach((key, value) -> {
                if (!key.toString().startsWith("millrace.")) {
                    theirs.put(key.toString(), value);
                }
            });
        }
        assertThat(theirs).containsKeys("lsn", "txId", "ts_usec").doesNotContainKey("millrace.stream");
        postgres.execute("INSERT INTO dbz.t VALUES (2)");
        long xid = (long) Objects.requireNonNull(theirs.get("txId"));
        long micros = (long) Objects.requireNonNull(theirs.get("ts_usec"));
        assertThat(failure(config, theirs, "txId", xid + 100_000))
                .contains("transaction " + (xid + 100_000), "not begun", "delete the connector's offsets");
        assertThat(failure(config, theirs, "txId", rolledBack())).contains("aborted");
        assertThat(failure(config, theirs, "ts_usec", micros - 5_000_000)).contains("committed at another time");
        MemoryOffsets offsets = new MemoryOffsets();
        offsets.store(Map.of("server", "dbz"), theirs);
        try (TaskRun run = TaskRun.start(config, offsets)) {
            assertThat(run.take("dbz.dbz.t", 1))
                    .extracting(row -> TaskRun.after(row).getInt32("id"))
                    .contains(2);
        }
    }

    private static long rolledBack() throws SQLException {
        try (Connection session = postgres.connect();
                Statement statement = session.createStatement()) {
            session.setAutoCommit(false);
            try (ResultSet row = statement.executeQuery("SELECT pg_current_xact_id()::text")) {
                row.next();
                long xid = Long.parseLong(row.getString(1));
                session.rollback();
                return xid;
            }
        }
    }

    private static String failure(Map<String, String> config, Map<String, Object> offset, String key, long value) {
        Map<String, Object> other = new HashMap<>(offset);
        other.put(key, value);
        MemoryOffsets offsets = new MemoryOffsets();
        offsets.store(Map.of("server", "dbz"), other);
        try (TaskRun run = TaskRun.start(config, offsets)) {
            return run.failure();
        }
    }

    @Test
    void anOrdinalOfAnotherStreamIsNotTrusted() {
        postgres.execute("CREATE SCHEMA ord", "CREATE TABLE ord.t(id int4 PRIMARY KEY)");
        Map<String, String> config = CdcMirror.config(postgres, "ord");
        config.put("snapshot.mode", "no_data");
        MemoryOffsets offsets = new MemoryOffsets();
        List<SourceRecord> rows;
        try (TaskRun run = TaskRun.start(config, offsets)) {
            run.take("__millrace-control.ord", 2);
            postgres.execute("INSERT INTO ord.t VALUES (1)", "INSERT INTO ord.t VALUES (2), (3), (4)");
            rows = run.take("ord.ord.t", 4);
        }
        Map<String, Object> middle = new HashMap<>();
        rows.get(2).sourceOffset().forEach((key, value) -> middle.put(key.toString(), value));
        assertThat(middle).containsEntry("millrace.ordinal", 2L).containsKey("millrace.stream");

        assertThat(goneOnFrom(config, middle, 1)).containsExactly(4);
        middle.put("millrace.stream", "another");
        assertThat(goneOnFrom(config, middle, 3)).containsExactly(2, 3, 4);
        middle.remove("millrace.stream");
        assertThat(goneOnFrom(config, middle, 3)).containsExactly(2, 3, 4);
    }

    private static List<Integer> goneOnFrom(Map<String, String> config, Map<String, Object> offset, int rows) {
        MemoryOffsets offsets = new MemoryOffsets();
        offsets.store(Map.of("server", "ord"), offset);
        try (TaskRun run = TaskRun.start(config, offsets)) {
            return run.take("ord.ord.t", rows).stream()
                    .map(record -> TaskRun.after(record).getInt32("id"))
                    .toList();
        }
    }
}
