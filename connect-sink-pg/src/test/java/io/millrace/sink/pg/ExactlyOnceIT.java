package io.millrace.sink.pg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.sink.SourceTable;
import io.millrace.sink.TaskDriver;
import io.millrace.sink.TopicLog;
import io.millrace.testing.FaultyProxy;
import io.millrace.testing.PostgresServer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.errors.ConnectException;
import org.junit.jupiter.api.Test;

/** Cuts, stuck sessions, refused rows: every change is applied once, and a flush costs few round trips. */
class ExactlyOnceIT {
    private static final SourceTable EVENTS =
            SourceTable.of("public", "events").column("a", Schema.OPTIONAL_STRING_SCHEMA);
    private static final SourceTable ORDERS = SourceTable.of("public", "orders")
            .key("id", Schema.INT32_SCHEMA)
            .column("v", Schema.OPTIONAL_STRING_SCHEMA);

    private final Target target = Target.fresh();
    private final TopicLog log = new TopicLog();

    private TaskDriver through(FaultyProxy proxy, boolean deadLetters, String... more) {
        Map<String, String> config = new HashMap<>(target.config(more));
        config.put(
                PostgresSinkConfig.URL,
                target.url().replaceFirst("//[^/]+/", "//" + proxy.host() + ":" + proxy.port() + "/")
                        + "?sslmode=disable");
        return new TaskDriver(log, new PostgresSinkTask(), config, deadLetters);
    }

    @Test
    void cutsAtAnyByteLoseAndDoubleNothing() {
        for (int i = 0; i < 1000; i++) {
            log.insert(EVENTS, "row " + (10_000 + i));
        }
        try (FaultyProxy proxy = new FaultyProxy(Target.server())) {
            TaskDriver task = through(
                            proxy, false, "insert.mode", "append", "max.batch.size", "20", "lock.timeout.ms", "1000")
                    .batch(10)
                    .open();
            for (int cut = 0; cut < 60; cut++) {
                proxy.cutWithin(4000, cut);
                task.step();
                task.step();
            }
            proxy.cutAfter(Long.MAX_VALUE / 4);
            task.drain();
            task.close();
            assertThat(proxy.opened())
                    .as("connections, so that there were cuts")
                    .isGreaterThan(20);
        }
        assertThat(target.rows("SELECT count(*), count(DISTINCT a) FROM events"))
                .containsExactly("1000|1000");
    }

    @Test
    void aServerThatCrashesIsComeBackTo() {
        try (PostgresServer own = PostgresServer.start()) {
            Target crashing = new Target(own);
            for (int i = 0; i < 500; i++) {
                log.insert(EVENTS, "row " + i);
            }
            TaskDriver task = crashing.task(log, "insert.mode", "append", "max.batch.size", "50")
                    .batch(50);
            task.step();
            task.step();
            task.step();
            own.kill();
            task.step();
            own.restart();
            task.drain();
            task.close();
            assertThat(crashing.rows("SELECT count(*), count(DISTINCT a) FROM events"))
                    .containsExactly("500|500");
        }
    }

    @Test
    void aStuckPredecessorIsEnded() throws Exception {
        log.insert(EVENTS, "a");
        target.task(log, "insert.mode", "append").drain().close();
        log.insert(EVENTS, "b");
        try (Connection stuck = target.connect();
                Statement statement = stuck.createStatement()) {
            statement.execute("UPDATE millrace_ledger SET owner_pid = pg_backend_pid(),"
                    + " owner_started = (SELECT backend_start FROM pg_stat_activity WHERE pid = pg_backend_pid())");
            stuck.setAutoCommit(false);
            try (ResultSet rows = statement.executeQuery("SELECT next FROM millrace_ledger FOR UPDATE")) {
                assertThat(rows.next()).isTrue();
            }
            target.task(log, "insert.mode", "append", "lock.timeout.ms", "300")
                    .drain()
                    .close();
            assertThatThrownBy(() -> statement.execute("SELECT 1")).hasMessageContaining("terminat");
        }
        assertThat(target.rows("SELECT a FROM events ORDER BY a")).containsExactly("a", "b");
    }

    @Test
    void aRowThatPostgresRefusesGoesToTheDeadLetterQueueAlone() {
        target.execute("CREATE TABLE orders (id int PRIMARY KEY, v varchar(3) CHECK (v <> 'bad'))");
        for (int i = 0; i < 50; i++) {
            log.insert(ORDERS, i, i == 17 ? "bad" : i == 33 ? "too long" : i == 40 ? "x\0y" : "ok");
        }
        try (TaskDriver task = target.taskWithDeadLetters(log)) {
            task.drain();
            assertThat(task.deadLetters())
                    .extracting(record -> record.kafkaOffset())
                    .containsExactlyInAnyOrder(17L, 33L, 40L);
        }
        assertThat(target.rows("SELECT count(*) FROM orders WHERE v = 'ok'")).containsExactly("47");
    }

    @Test
    void aRowThatPostgresRefusesStopsTheTaskAndIsNotShown() {
        target.execute("CREATE TABLE orders (id int PRIMARY KEY, v text CHECK (v <> 'secret'))");
        log.insert(ORDERS, 1, "ok").insert(ORDERS, 2, "secret");
        TaskDriver task = target.task(log);
        assertThatThrownBy(task::drain)
                .isInstanceOf(ConnectException.class)
                .hasMessageContaining("offset 1")
                .hasMessageContaining("orders_v_check")
                .hasMessageNotContaining("secret")
                .hasNoCause();
        task.kill();
        assertThat(target.rows("SELECT count(*) FROM orders")).containsExactly("0");
    }

    @Test
    void roundTripsDoNotGrowWithRows() {
        int tables = 3;
        try (FaultyProxy proxy = new FaultyProxy(Target.server());
                TaskDriver task = through(proxy, false).batch(100_000)) {
            fill(tables, 10, 0);
            task.open().drain();
            for (int rows : new int[] {10, 5_000}) {
                fill(tables, rows, 1);
                proxy.resetCounts();
                task.step();
                task.commit();
                assertThat(proxy.roundTrips()).as(rows + " rows a table").isLessThanOrEqualTo(4L * tables + 2);
                assertThat(proxy.roundTrips()).isGreaterThan(tables);
            }
        }
        assertThat(target.rows("SELECT count(*) FROM t1")).containsExactly("5000");
    }

    /** Inserts, updates, partial updates and deletes. */
    private void fill(int tables, int rows, int round) {
        for (int table = 0; table < tables; table++) {
            SourceTable source = SourceTable.of("public", "t" + table)
                    .key("id", Schema.INT32_SCHEMA)
                    .column("v", Schema.OPTIONAL_STRING_SCHEMA);
            for (int i = 0; i < rows; i++) {
                log.insert(source, i, "v" + round);
            }
            if (round > 0) {
                log.update(source, 1, SourceTable.UNAVAILABLE).delete(source, 100_000, (Object) null);
            }
        }
    }

    @Test
    void alteredOffsetsMoveTheLedger() {
        log.insert(EVENTS, "a").insert(EVENTS, "b");
        target.task(log, "insert.mode", "append").drain().close();
        PostgresSinkConnector connector = new PostgresSinkConnector();
        connector.alterOffsets(
                target.config("insert.mode", "append"), Map.of(log.partitions().get(0), 1L));
        target.task(log, "insert.mode", "append").drain().close();
        assertThat(target.rows("SELECT a FROM events ORDER BY a")).containsExactly("a", "b", "b");
    }

    @Test
    void writesWithTheLeastPrivileges() {
        log.insert(EVENTS, "a");
        target.task(log, "insert.mode", "append").drain().close();
        target.execute(
                "DROP ROLE IF EXISTS appender",
                "CREATE ROLE appender LOGIN PASSWORD 'x'",
                "GRANT INSERT ON events TO appender",
                "GRANT SELECT, INSERT, UPDATE ON millrace_ledger TO appender");
        log.insert(EVENTS, "b");
        target.task(
                        log,
                        "insert.mode",
                        "append",
                        "connection.username",
                        "appender",
                        "connection.password",
                        "x",
                        "synced.at.column",
                        "")
                .drain()
                .close();
        assertThat(target.rows("SELECT a FROM events ORDER BY a")).containsExactly("a", "b");
    }
}
