package io.millrace.sink.pg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.core.Headers;
import io.millrace.core.Manifest;
import io.millrace.sink.Copies;
import io.millrace.sink.SinkSettings;
import io.millrace.sink.SourceTable;
import io.millrace.sink.TaskDriver;
import io.millrace.sink.TopicLog;
import io.millrace.sink.destination.Destination;
import io.millrace.sink.destination.Generations;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.data.Schema;
import org.junit.jupiter.api.Test;

/** Whole copies that replace a table: all at once for readers, and leaving alone what hangs on it. */
class OverwriteIT {
    private static final SourceTable STOCK =
            SourceTable.of("public", "stock").key("id", Schema.INT32_SCHEMA).column("v", Schema.OPTIONAL_STRING_SCHEMA);
    private static final SourceTable OTHER =
            SourceTable.of("public", "other").key("id", Schema.INT32_SCHEMA).column("v", Schema.OPTIONAL_STRING_SCHEMA);
    private static final SourceTable PLAIN =
            SourceTable.of("public", "plain").column("v", Schema.OPTIONAL_STRING_SCHEMA);

    private final Target target = Target.fresh();
    private final TopicLog log = new TopicLog();
    private final Copies copies = new Copies(log);

    private String[] overwrite(String... more) {
        String[] config = java.util.Arrays.copyOf(more, more.length + 2);
        config[more.length] = "insert.mode";
        config[more.length + 1] = "overwrite";
        return config;
    }

    private List<Generations.Awaited> awaited() {
        PostgresSinkConfig config = new PostgresSinkConfig(target.config(overwrite()));
        try (Destination destination = PostgresSinkTask.destination(config, SinkSettings.of(config))) {
            return destination.generations().orElseThrow().awaited();
        }
    }

    private void run(String... more) {
        target.task(log, overwrite(more)).drain().close();
    }

    private List<String> stock() {
        return target.rows("SELECT id, v FROM stock ORDER BY id");
    }

    private List<String> gathered() {
        return target.rows("SELECT relname FROM pg_class WHERE relname LIKE 'millrace_gen_%' AND relkind = 'r'");
    }

    @Test
    void aCopyReplacesWhatWasThereAndTouchesOnlyWhatDiffers() {
        copies.copy(STOCK, "g1", Copies.of(1, "a"), Copies.of(2, "b"), Copies.of(3, "c"));
        run();
        assertThat(stock()).containsExactly("1|a", "2|b", "3|c");
        String untouched = target.rows("SELECT xmin FROM stock WHERE id = 1").get(0);
        target.execute(
                "CREATE VIEW seen AS SELECT v FROM stock",
                "CREATE INDEX by_v ON stock (v)",
                "CREATE TABLE sold (id int PRIMARY KEY, stock int REFERENCES stock ON DELETE CASCADE)",
                "INSERT INTO sold VALUES (10, 1), (20, 2)",
                "COMMENT ON TABLE stock IS 'kept'");
        copies.copy(STOCK, "g2", Copies.of(1, "a"), Copies.of(3, "changed"), Copies.of(4, "new"));
        run();
        assertThat(stock()).containsExactly("1|a", "3|changed", "4|new");
        assertThat(target.rows("SELECT xmin FROM stock WHERE id = 1")).containsExactly(untouched);
        assertThat(target.rows("SELECT id FROM sold")).containsExactly("10");
        assertThat(target.rows("SELECT count(*) FROM seen")).containsExactly("3");
        assertThat(target.rows("SELECT to_regclass('by_v'), obj_description('stock'::regclass)"))
                .containsExactly("by_v|kept");
        assertThat(gathered()).isEmpty();
    }

    @Test
    void aTableThatCannotBeReplacedHoldsUpNoOther() {
        copies.copy(STOCK, "s1", Copies.of(1, "a"));
        run();
        target.execute("ALTER TABLE stock ADD CONSTRAINT good CHECK (v <> 'bad')");
        copies.copy(STOCK, "s2", Copies.of(1, "bad"));
        copies.copy(OTHER, "p1", Copies.of(1, "x"));
        TaskDriver failing = target.task(log, overwrite());
        assertThatThrownBy(failing::drain).hasMessageContaining("public.stock").hasMessageContaining("good");
        failing.kill();
        try (TaskDriver task = target.task(log, overwrite("table.error.policy", "park"))) {
            task.drain();
            copies.copy(OTHER, "p2", Copies.of(1, "y"));
            copies.copy(STOCK, "s3", Copies.of(1, "b"));
            task.drain();
        }
        assertThat(target.rows("SELECT v FROM other")).containsExactly("y");
        assertThat(stock()).containsExactly("1|a");
        assertThat(target.rows("SELECT state FROM millrace_freshness WHERE table_name = 'public.stock'"))
                .containsExactly("parked");
        run("table.error.policy", "park");
        assertThat(stock()).containsExactly("1|b");
    }

    @Test
    void aTableThatStaysLockedWaitsAlone() throws SQLException {
        copies.copy(STOCK, "s1", Copies.of(1, "a"));
        run();
        copies.copy(OTHER, "p1", Copies.of(1, "x"));
        copies.copy(STOCK, "s2", Copies.of(1, "b"));
        String[] config = overwrite("table.error.policy", "park", "flush.timeout.ms", "1000", "lock.timeout.ms", "100");
        try (Connection holder = target.connect();
                Statement lock = holder.createStatement()) {
            holder.setAutoCommit(false);
            lock.execute("LOCK TABLE stock IN SHARE MODE");
            try (TaskDriver task = target.task(log, config)) {
                task.drain();
                assertThat(target.rows("SELECT v FROM other")).containsExactly("x");
                copies.copy(OTHER, "p2", Copies.of(1, "y"));
                task.drain();
                assertThat(target.rows("SELECT v FROM other")).containsExactly("y");
                task.until(() -> target.rows("SELECT state FROM millrace_freshness WHERE table_name = 'public.stock'")
                        .equals(List.of("parked")));
            }
            assertThat(stock()).containsExactly("1|a");
            TaskDriver failing = target.task(log, overwrite("flush.timeout.ms", "1000", "lock.timeout.ms", "100"));
            assertThatThrownBy(() -> failing.until(() -> false))
                    .hasMessageContaining("public.stock cannot be replaced");
            failing.kill();
        }
        run();
        assertThat(stock()).containsExactly("1|b");
    }

    @Test
    void nothingIsSeenBeforeTheEndAndAnEmptyCopyEmpties() {
        copies.copy(STOCK, "g1", Copies.of(1, "a"));
        run();
        copies.tell(Manifest.Kind.BEGIN, STOCK, "g2", copies.next());
        copies.row(STOCK, "g2", 2, "b");
        run();
        assertThat(stock()).containsExactly("1|a");
        copies.tell(Manifest.Kind.END, STOCK, "g2", copies.order());
        run();
        assertThat(stock()).containsExactly("2|b");
        copies.empty(STOCK, "g3");
        run();
        assertThat(stock()).isEmpty();
    }

    @Test
    void tasksWaitForEachOtherAndReadersSeeAllOrNothing() throws Exception {
        int rows = 400;
        for (String generation : List.of("old", "new")) {
            copies.tell(Manifest.Kind.BEGIN, STOCK, generation, copies.next());
            for (int i = 0; i < rows; i++) {
                log.writeTo(STOCK.topic(), i % 2);
                copies.row(STOCK, generation, i, generation);
            }
            copies.tell(Manifest.Kind.END, STOCK, generation, copies.order());
        }
        AtomicBoolean end = new AtomicBoolean();
        List<String> seen = java.util.Collections.synchronizedList(new java.util.ArrayList<>());
        target.execute("CREATE TABLE stock (id int PRIMARY KEY, v text)");
        Thread reader = new Thread(() -> {
            while (!end.get()) {
                seen.addAll(target.rows("SELECT count(*), min(v), max(v) FROM stock"));
            }
        });
        reader.start();
        List<Thread> tasks = new java.util.ArrayList<>();
        List<Throwable> failures = java.util.Collections.synchronizedList(new java.util.ArrayList<>());
        for (TopicPartition partition : log.partitions()) {
            tasks.add(new Thread(() -> {
                try (TaskDriver task = new TaskDriver(
                        log, new PostgresSinkTask(), target.config(overwrite("max.batch.size", "37")), false)) {
                    task.batch(23).open(List.of(partition)).drain();
                } catch (RuntimeException | Error e) {
                    failures.add(e);
                }
            }));
        }
        tasks.forEach(Thread::start);
        for (Thread task : tasks) {
            task.join();
        }
        end.set(true);
        reader.join();
        assertThat(failures).isEmpty();
        assertThat(seen).isSubsetOf("0|null|null", rows + "|old|old", rows + "|new|new");
        assertThat(target.rows("SELECT count(*), min(v), max(v) FROM stock")).containsExactly(rows + "|new|new");
        assertThat(gathered()).isEmpty();
    }

    @Test
    void aNewerCopySupersedesAndAnAbortedOneIsForgotten() {
        copies.copy(STOCK, "g1", Copies.of(1, "a"));
        run();
        int older = copies.next();
        copies.tell(Manifest.Kind.BEGIN, STOCK, "g2", older);
        copies.row(STOCK, "g2", 2, "never seen");
        run();
        assertThat(gathered()).hasSize(1);
        copies.copy(STOCK, "g3", Copies.of(3, "c"));
        copies.row(STOCK, "g2", 4, "late");
        copies.tell(Manifest.Kind.END, STOCK, "g2", older);
        run("max.batch.size", "1");
        assertThat(stock()).containsExactly("3|c");
        copies.tell(Manifest.Kind.BEGIN, STOCK, "g4", copies.next());
        copies.row(STOCK, "g4", 5, "e");
        copies.tell(Manifest.Kind.ABORT, STOCK, "g4", copies.order());
        copies.row(STOCK, "g4", 6, "late");
        run("max.batch.size", "1");
        assertThat(stock()).containsExactly("3|c");
        assertThat(gathered()).isEmpty();
    }

    @Test
    void restartsInTheMiddleLoseAndDoubleNothing() {
        copies.tell(Manifest.Kind.BEGIN, PLAIN, "g1", copies.next());
        for (int i = 0; i < 200; i++) {
            copies.row(PLAIN, "g1", "row " + i);
        }
        copies.tell(Manifest.Kind.END, PLAIN, "g1", copies.order());
        for (int kill = 0; kill < 5; kill++) {
            TaskDriver task = target.task(log, overwrite("primary.key.mode", "none", "max.batch.size", "9"))
                    .batch(13);
            for (int step = 0; step < 3 + kill; step++) {
                task.step();
            }
            task.kill();
        }
        run("primary.key.mode", "none");
        assertThat(target.rows("SELECT count(*), count(DISTINCT v) FROM plain")).containsExactly("200|200");
        copies.copy(PLAIN, "g2", Copies.of("x"), Copies.of("x"));
        run("primary.key.mode", "none");
        assertThat(target.rows("SELECT v FROM plain")).containsExactly("x", "x");
    }

    @Test
    void truncatesResetsSequencesAndRunsSql() {
        target.execute(
                "CREATE TABLE stock (id serial PRIMARY KEY, v text)",
                "CREATE TABLE sold (stock int REFERENCES stock)",
                "INSERT INTO stock VALUES (1, 'old')",
                "INSERT INTO sold VALUES (1)");
        copies.copy(STOCK, "g1", Copies.of(41, "a"));
        TaskDriver refused = target.task(log, overwrite("overwrite.strategy", "truncate"));
        assertThatThrownBy(refused::drain).hasMessageContaining("truncate.cascade");
        refused.kill();
        assertThat(stock()).containsExactly("1|old");
        run(
                "overwrite.strategy",
                "truncate",
                "truncate.cascade",
                "true",
                "sequences.reset",
                "true",
                "post.load.sql",
                "INSERT INTO ${table} (v) VALUES ('by SQL')");
        assertThat(stock()).containsExactly("41|a", "42|by SQL");
        assertThat(target.rows("SELECT count(*) FROM sold")).containsExactly("0");
    }

    @Test
    void sqlThatFailsLeavesTheTableAsItWas() {
        copies.copy(STOCK, "g1", Copies.of(1, "a"));
        run();
        copies.copy(STOCK, "g2", Copies.of(2, "b"));
        TaskDriver task = target.task(log, overwrite("post.load.sql", "SELECT no_such_function()"));
        assertThatThrownBy(task::drain).hasMessageContaining("no_such_function");
        task.kill();
        assertThat(stock()).containsExactly("1|a");
        run();
        assertThat(stock()).containsExactly("2|b");
    }

    @Test
    void aDryRunReplacesNothing() {
        copies.copy(STOCK, "g1", Copies.of(1, "a"));
        run();
        copies.copy(STOCK, "g2", Copies.of(2, "b"));
        run("dry.run", "true");
        assertThat(stock()).containsExactly("1|a");
        assertThat(gathered()).isEmpty();
        assertThat(target.rows("SELECT generation FROM millrace_ledger_generations"))
                .containsExactly("g1");
    }

    @Test
    void aCopyWhoseRowsAreGoneReplacesNothing() {
        copies.copy(STOCK, "g1", Copies.of(1, "a"));
        run();
        copies.tell(Manifest.Kind.BEGIN, STOCK, "g2", copies.next());
        copies.row(STOCK, "g2", 2, "b");
        run();
        target.execute("DROP TABLE " + gathered().get(0));
        copies.tell(Manifest.Kind.END, STOCK, "g2", copies.order());
        run();
        assertThat(stock()).containsExactly("1|a");
        assertThat(target.rows("SELECT state FROM millrace_ledger_generations WHERE generation = 'g2'"))
                .containsExactly("aborted");
    }

    @Test
    void aChangeThatBelongsToNoCopyIsRefused() {
        log.insert(STOCK, 1, "a");
        TaskDriver task = target.task(log, overwrite());
        assertThatThrownBy(task::drain).hasMessageContaining("public.stock").hasMessageContaining(Headers.GENERATION);
        task.kill();
    }

    /** More than a function of the server takes arguments. */
    @Test
    void theRowsOfACopyMayLieInManyPartitions() {
        int number = copies.next();
        copies.tell(Manifest.Kind.BEGIN, STOCK, "g1", number);
        copies.row(STOCK, "g1", Copies.of(1, "a"));
        java.util.Map<TopicPartition, Long> last = new java.util.HashMap<>();
        for (int partition = 0; partition < 200; partition++) {
            last.put(new TopicPartition(STOCK.topic(), partition), 0L);
        }
        Manifest end = new Manifest(Manifest.Kind.END, "g1", number, "public", "stock", STOCK.topic(), last, 200);
        log.add(Manifest.topic("mirror"), Schema.STRING_SCHEMA, end.key(), Manifest.SCHEMA, end.toStruct(), null);
        run();
        assertThat(awaited()).singleElement().satisfies(copy -> assertThat(copy.missing())
                .hasSize(199));
    }
}
