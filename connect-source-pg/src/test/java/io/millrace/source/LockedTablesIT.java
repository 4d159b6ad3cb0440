package io.millrace.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.source.catalog.LockWaits;
import io.millrace.testing.Await;
import io.millrace.testing.PostgresOptions;
import io.millrace.testing.PostgresServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.connect.source.SourceRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Tables that another session has locked for itself: they are waited for, and it is said for whom. */
@Tag("extended")
class LockedTablesIT {
    private static PostgresServer postgres;

    @BeforeAll
    static void start() {
        postgres = PostgresServer.start(PostgresOptions.defaults().with("wal_sender_timeout", "6s"));
    }

    @AfterAll
    static void stop() {
        postgres.close();
    }

    private static CompletableFuture<Void> executing(Connection session, String sql) {
        return CompletableFuture.runAsync(() -> {
            try (Statement statement = session.createStatement()) {
                statement.execute(sql);
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    private static String pid(Connection session) throws SQLException {
        try (Statement statement = session.createStatement();
                var row = statement.executeQuery("SELECT pg_backend_pid()")) {
            row.next();
            return row.getString(1);
        }
    }

    private static void awaitWaiting(String table) {
        Await.until("somebody waits for " + table, () -> !postgres.queryOne(
                        "SELECT count(*) FROM pg_locks WHERE relation = '" + table + "'::regclass AND NOT granted")
                .equals("0"));
    }

    private static String reader(String slot) {
        return postgres.queryOne(
                "SELECT coalesce(active_pid::text, 'none') FROM pg_replication_slots WHERE slot_name = '" + slot + "'");
    }

    @Test
    void theStreamLivesWhileARowIsToBeReadAgain() throws Exception {
        Map<String, String> config = Mishap.config(postgres, "reread");
        postgres.execute(
                "ALTER TABLE reread.t ALTER v SET STORAGE EXTERNAL",
                "CREATE TABLE reread.u(id int4 PRIMARY KEY)",
                "INSERT INTO reread.t VALUES (1, repeat('x', 9000))");
        try (TaskRun run = Mishap.running(postgres, config, new MemoryOffsets());
                Connection writer = postgres.connect();
                Connection locker = postgres.connect();
                Statement writing = writer.createStatement()) {
            String reader = reader("reread");
            writer.setAutoCommit(false);
            locker.setAutoCommit(false);
            writing.execute("LOCK TABLE reread.t IN ACCESS EXCLUSIVE MODE");
            writing.execute("UPDATE reread.t SET id = 2 WHERE id = 1");
            CompletableFuture<Void> lock = executing(locker, "LOCK TABLE reread.t IN ACCESS EXCLUSIVE MODE");
            awaitWaiting("reread.t");
            postgres.execute("INSERT INTO reread.u VALUES (1)");
            writer.commit();
            lock.get();
            // What came before it does not wait with it.
            run.take("reread.reread.u", 1);
            awaitWaiting("reread.t");
            // Longer than the server waits for a reader that says nothing.
            Thread.sleep(9000);
            assertThat(run.of("reread.reread.t")).hasSizeLessThan(4);
            locker.rollback();
            List<SourceRecord> rows = run.take("reread.reread.t", 4);
            assertThat(rows).extracting(TaskRun::op).containsExactly("c", "d", "tombstone", "c");
            assertThat(TaskRun.after(rows.get(3)).getString("v")).hasSize(9000);
            assertThat(reader("reread")).isEqualTo(reader);
        }
    }

    @Test
    void aStartThatWaitsLooksWhoHasTheTable() throws Exception {
        Map<String, String> config = Mishap.config(postgres, "begins");
        postgres.execute("CREATE PUBLICATION begins FOR TABLE begins.t");
        postgres.execute("CREATE TABLE begins.u(id int4 PRIMARY KEY)");
        try (Connection locker = postgres.connect();
                Statement locking = locker.createStatement()) {
            locker.setAutoCommit(false);
            locking.execute("LOCK TABLE begins.u IN ACCESS EXCLUSIVE MODE");
            try (TaskRun run = TaskRun.start(config)) {
                awaitWaiting("begins.u");
                Await.until("it looks for whom it waits", () -> postgres.queryOne(
                                "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'millrace locks'")
                        .equals("1"));
                // It does not wait for ever, and tries again.
                String waiting = waiting();
                Await.until(
                        "another session waits",
                        () -> !waiting().equals(waiting) && !waiting().isEmpty());
                locker.rollback();
                run.take("__debezium-heartbeat.begins", 1);
                postgres.execute("INSERT INTO begins.u VALUES (1)");
                run.take("begins.begins.u", 1);
                assertThat(postgres.queryOne(
                                "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'millrace locks'"))
                        .isEqualTo("0");
            }
        }
    }

    private static String waiting() {
        return postgres.queryOne(
                "SELECT coalesce(min(pid)::text, '') FROM pg_locks WHERE relation = 'begins.u'::regclass AND NOT granted");
    }

    @Test
    void theTableAndTheSessionThatHasItAreTold() throws Exception {
        Map<String, String> config = Mishap.config(postgres, "told");
        var database = new CdcConfig(config).database();
        List<String> told = new CopyOnWriteArrayList<>();
        try (Connection locker = postgres.connect();
                Statement locking = locker.createStatement();
                Connection waiter = database.connect("waits")) {
            locker.setAutoCommit(false);
            locking.execute("SET application_name = 'the migration'");
            locking.execute("LOCK TABLE told.t IN ACCESS EXCLUSIVE MODE");
            CompletableFuture<Void> read = executing(waiter, "SELECT FROM told.t");
            awaitWaiting("told.t");
            try (LockWaits waits = LockWaits.open(database, Duration.ZERO, told::add)) {
                Await.until("it is told", () -> !told.isEmpty());
            }
            String holder = pid(locker);
            locker.rollback();
            read.get();
            assertThat(told)
                    .singleElement()
                    .asString()
                    .contains(
                            "Table told.t is locked",
                            "session " + holder + " ",
                            "the migration",
                            "idle in transaction",
                            "pg_terminate_backend(" + holder + ")");
        }
    }
}
