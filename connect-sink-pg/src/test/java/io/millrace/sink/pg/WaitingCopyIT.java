package io.millrace.sink.pg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.core.Manifest;
import io.millrace.sink.Copies;
import io.millrace.sink.SourceTable;
import io.millrace.sink.TaskDriver;
import io.millrace.sink.TopicLog;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.errors.RetriableException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One task is replacing a table, for long, while a newer copy of it comes to another task, which has other tables too. */
class WaitingCopyIT {
    private static final SourceTable STOCK = table("stock");
    private static final SourceTable OTHER = table("other");
    private static final String MANIFESTS = Manifest.topic("mirror");
    private static final int GATE = 77;

    private final Target target = Target.fresh();
    private final TopicLog log = new TopicLog();
    private final Copies copies = new Copies(log);
    private final AtomicBoolean end = new AtomicBoolean();
    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private final List<AutoCloseable> open = new ArrayList<>();

    private static SourceTable table(String name) {
        return SourceTable.of("public", name).key("id", Schema.INT32_SCHEMA).column("v", Schema.OPTIONAL_STRING_SCHEMA);
    }

    private String[] overwrite(String... more) {
        String[] config = Arrays.copyOf(more, more.length + 2);
        config[more.length] = "insert.mode";
        config[more.length + 1] = "overwrite";
        return config;
    }

    private TaskDriver task(String... config) {
        return new TaskDriver(log, new PostgresSinkTask(), target.config(overwrite(config)), false);
    }

    @BeforeEach
    void rows() {
        log.partition(STOCK.topic(), 0)
                .partition(STOCK.topic(), 1)
                .partition(MANIFESTS, 0)
                .partition(MANIFESTS, 1);
        copies.copy(STOCK, "g0", Copies.of(1, "old"));
        target.task(log, overwrite()).drain().close();
    }

    @AfterEach
    void close() throws Exception {
        end.set(true);
        for (AutoCloseable each : open) {
            each.close();
        }
    }

    /** A task that has begun to replace the table by copy g1 and does not end before the gate is opened. */
    private Thread replacing(Connection gate, String strategy) throws SQLException {
        try (Statement statement = gate.createStatement()) {
            statement.execute("SELECT pg_advisory_lock(" + GATE + ")");
        }
        copies.copy(STOCK, "g1", Copies.of(1, "first"), Copies.of(2, "first"));
        String[] config = {
            "overwrite.strategy",
            strategy,
            "lock.timeout.ms",
            "600000",
            "post.load.sql",
            "SELECT pg_advisory_xact_lock(" + GATE + ")"
        };
        Thread thread = new Thread(() -> {
            try (TaskDriver task = task(config)) {
                task.open(List.of(new TopicPartition(STOCK.topic(), 0), new TopicPartition(MANIFESTS, 0)));
                while (!end.get()) {
                    task.step();
                    task.commit();
                    Thread.sleep(20);
                }
            } catch (InterruptedException | RuntimeException | Error e) {
                failure.set(e);
            }
        });
        thread.start();
        open.add(thread::join);
        until(() -> !target.rows("SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
                .isEmpty());
        return thread;
    }

    /** The task that the newer copy comes to, which brings a column that the table lacks. */
    private TaskDriver second(String strategy, String... more) {
        log.writeTo(STOCK.topic(), 1).writeTo(MANIFESTS, 1);
        SourceTable wider = STOCK.column("w", Schema.OPTIONAL_STRING_SCHEMA);
        copies.copy(wider, "g2", Copies.of(2, "second", "x"), Copies.of(3, "second", "y"));
        copies.copy(OTHER, "p1", Copies.of(1, "x"));
        String[] config = Arrays.copyOf(more, more.length + 6);
        System.arraycopy(
                new String[] {"overwrite.strategy", strategy, "lock.timeout.ms", "300", "flush.timeout.ms", "1500"},
                0,
                config,
                more.length,
                6);
        TaskDriver task = task(config);
        open.add(task);
        return task.open(List.of(
                new TopicPartition(STOCK.topic(), 1),
                new TopicPartition(MANIFESTS, 1),
                new TopicPartition(OTHER.topic(), 0)));
    }

    private interface Condition {
        boolean holds();
    }

    private static void until(Condition condition) {
        long limit = System.nanoTime() + 120_000_000_000L;
        while (!condition.holds()) {
            assertThat(System.nanoTime()).as("in time").isLessThan(limit);
            pause();
        }
    }

    private static void pause() {
        try {
            Thread.sleep(20);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private boolean hasOther(String value) {
        return target.rows("SELECT 1 FROM pg_class WHERE relname = 'other'").size() == 1
                && target.rows("SELECT v FROM other").equals(List.of(value));
    }

    @ParameterizedTest
    @ValueSource(strings = {"diff", "truncate"})
    void itWaitsWithoutFailingAndTheOtherTablesGoOn(String strategy) throws Exception {
        waits(strategy);
    }

    @Test
    @Tag("extended")
    void itWaitsForASweepToo() throws Exception {
        waits("sweep");
    }

    private void waits(String strategy) throws Exception {
        try (Connection gate = target.connect()) {
            replacing(gate, strategy);
            TaskDriver second = second(strategy);
            second.until(() -> hasOther("x"));
            long since = System.nanoTime();
            int[] number = {0};
            second.until(() -> {
                if (hasOther("y" + number[0]) || number[0] == 0) {
                    number[0]++;
                    copies.copy(OTHER, "p" + (1 + number[0]), Copies.of(1, "y" + number[0]));
                }
                // Twice as long as a flush may take.
                return System.nanoTime() - since > 3_000_000_000L && number[0] > 3;
            });
            assertThat(failure).hasValue(null);
            assertThat(target.rows("SELECT state FROM millrace_ledger_generations WHERE generation = 'g1'"))
                    .as("not done, and not given up either")
                    .containsExactly("ended");
            gate.close();
            second.until(() -> target.rows("SELECT v FROM stock WHERE id = 3").equals(List.of("second")));
        }
        assertThat(target.rows("SELECT id, v, w FROM stock ORDER BY id")).containsExactly("2|second|x", "3|second|y");
        assertThat(failure).hasValue(null);
        assertThat(target.rows("SELECT generation, state FROM millrace_ledger_generations WHERE target LIKE '%stock%'"
                        + " ORDER BY ord"))
                .containsExactly("g0|done", "g1|done", "g2|done");
    }

    @Test
    @Tag("extended")
    void peopleSeeItWait() throws Exception {
        try (Connection gate = target.connect()) {
            replacing(gate, "truncate");
            TaskDriver second = second("truncate");
            String state =
                    "SELECT state FROM millrace_freshness WHERE table_name = 'public.stock' AND reason LIKE '%stock%'";
            second.until(() -> target.rows(state).equals(List.of("waiting")));
            gate.close();
            second.until(() -> target.rows("SELECT v FROM stock WHERE id = 3").equals(List.of("second")));
            second.until(() -> target.rows(state).isEmpty());
        }
    }

    /** Neither copy is lost, and the older one does not come last. */
    @Test
    void theOtherTaskDiesInTheMiddle() throws Exception {
        try (Connection gate = target.connect()) {
            replacing(gate, "diff");
            TaskDriver second = second("diff");
            second.until(() -> hasOther("x"));
            end.set(true);
            target.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted");
            second.until(() -> target.rows("SELECT v FROM stock WHERE id = 3").equals(List.of("second")));
            gate.close();
            second.drain();
        }
        assertThat(target.rows("SELECT id, v, w FROM stock ORDER BY id")).containsExactly("2|second|x", "3|second|y");
    }

    @Test
    @Tag("extended")
    void itWaitsNoLongerThanAReplacementMayTake() throws Exception {
        try (Connection gate = target.connect()) {
            replacing(gate, "truncate");
            TaskDriver second = second("truncate", "overwrite.timeout.ms", "3000");
            open.remove(second);
            long since = System.nanoTime();
            assertThatThrownBy(() -> second.until(() -> false))
                    .isInstanceOf(ConnectException.class)
                    .isNotInstanceOf(RetriableException.class)
                    .hasMessageContaining("public.stock")
                    .hasMessageContaining("overwrite.timeout.ms=3000");
            second.kill();
            assertThat(System.nanoTime() - since).isGreaterThan(3_000_000_000L);
            assertThat(hasOther("x")).isTrue();
        }
        end.set(true);
        assertThat(failure).hasValue(null);
    }
}
