package io.millrace.sink.pg;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.core.Manifest;
import io.millrace.sink.Copies;
import io.millrace.sink.SourceTable;
import io.millrace.sink.TaskDriver;
import io.millrace.sink.TopicLog;
import io.millrace.sink.destination.TableId;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.connect.data.Schema;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A session that has begun to replace a table and does not end: its task is dead, is stopped, or takes its time. */
class HeldCopyIT {
    private static final int GATE = 78;
    private static final SourceTable STOCK =
            SourceTable.of("public", "stock").key("id", Schema.INT32_SCHEMA).column("v", Schema.OPTIONAL_STRING_SCHEMA);
    private static final GenerationLog GENERATIONS = new GenerationLog(
            Sql.table(TableId.of("millrace_ledger_generations")),
            new Ledger(Sql.table(TableId.of("millrace_ledger")), "sink"));

    private final Target target = Target.fresh();
    private final TopicLog log = new TopicLog();
    private final AtomicReference<String> ended = new AtomicReference<>();
    private Connection gate;
    private Connection session;
    private String pid;

    private TaskDriver task(String... more) {
        String[] config = Arrays.copyOf(more, more.length + 4);
        System.arraycopy(
                new String[] {"insert.mode", "overwrite", "lock.timeout.ms", "200"}, 0, config, more.length, 4);
        return target.task(log, config);
    }

    private List<String> stock() {
        return target.rows("SELECT id, v FROM stock ORDER BY id");
    }

    /** A copy that is complete, and a session that has begun to put it in place. */
    @BeforeEach
    void begin() throws SQLException {
        Copies copies = new Copies(log);
        copies.copy(STOCK, "g1", Copies.of(1, "a"));
        task().drain().close();
        copies.tell(Manifest.Kind.BEGIN, STOCK, "g2", copies.next());
        copies.row(STOCK, "g2", 2, "b");
        task().drain().close();
        copies.tell(Manifest.Kind.END, STOCK, "g2", copies.order());
        task("tables.paused", "public.stock").drain().close();
        String name = target.rows("SELECT target FROM millrace_ledger_generations WHERE generation = 'g2'")
                .get(0);
        gate = target.connect();
        Statements.execute(gate, "SELECT pg_advisory_lock(" + GATE + ")");
        session = target.connect();
        pid = Statements.strings(session, "SELECT pg_backend_pid()").get(0);
        Statements.execute(session, "BEGIN");
        assertThat(Statements.isAny(session, GENERATIONS.lock(name, "g2"))).isTrue();
        assertThat(Statements.isAny(session, GENERATIONS.turn(name))).isTrue();
    }

    @AfterEach
    void end() throws SQLException {
        gate.close();
        session.close();
    }

    /** The session has a statement that the server goes on with until the gate is opened, and then goes away. */
    private Thread working() {
        Thread thread = new Thread(() -> {
            try {
                Statements.execute(session, "SELECT pg_advisory_lock(" + GATE + ")");
                session.close();
            } catch (SQLException e) {
                ended.set(e.getSQLState());
            }
        });
        thread.start();
        while (target.rows("SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
                .isEmpty()) {
            Thread.onSpinWait();
        }
        return thread;
    }

    private boolean isThere() {
        return !target.rows("SELECT 1 FROM pg_stat_activity WHERE pid = " + pid).isEmpty();
    }

    @Test
    void itIsLookedAtAgainThoughNothingComes() throws Exception {
        Thread working = working();
        try (TaskDriver task = task()) {
            long since = System.nanoTime();
            task.until(() -> System.nanoTime() - since > 1_500_000_000L);
            assertThat(stock()).containsExactly("1|a");
            assertThat(isThere()).as("it may belong to another task").isTrue();
            gate.close();
            task.until(() -> stock().equals(List.of("2|b")));
        }
        working.join();
        assertThat(ended).hasValue(null);
    }

    @Test
    void aTaskThatIsStoppedInTheMiddleLosesItsSession() {
        try (TaskDriver task = task()) {
            task.until(() -> stock().equals(List.of("2|b")));
        }
        assertThat(isThere()).isFalse();
    }

    @Test
    void aTaskThatIsDeadLosesWhatItsServerGoesOnWith() throws Exception {
        Thread working = working();
        target.execute("UPDATE millrace_ledger l SET owner_pid = a.pid, owner_started = a.backend_start"
                + " FROM pg_stat_activity a WHERE a.pid = " + pid);
        try (TaskDriver task = task()) {
            task.until(() -> stock().equals(List.of("2|b")));
        }
        working.join();
        assertThat(ended).as("by an administrator's command").hasValue("57P01");
    }
}
