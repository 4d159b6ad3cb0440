package io.millrace.sink.pg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.core.Manifest;
import io.millrace.sink.Copies;
import io.millrace.sink.SourceTable;
import io.millrace.sink.TaskDriver;
import io.millrace.sink.TopicLog;
import io.millrace.sink.pg.OverwriteSettings.Strategy;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.data.Schema;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What every way of replacing a table has to keep: what hangs on it, all rows of one copy, whoever is killed when. */
class OverwriteStrategiesIT {
    private static final SourceTable STOCK = SourceTable.of("public", "stock")
            .key("id", Schema.INT32_SCHEMA)
            .column("v", Schema.OPTIONAL_STRING_SCHEMA)
            .column("kind", Schema.OPTIONAL_INT32_SCHEMA);

    private final Target target = Target.fresh();
    private final TopicLog log = new TopicLog();
    private final Copies copies = new Copies(log);

    private static String[] config(Strategy strategy, String... more) {
        List<String> config = new ArrayList<>(List.of(more));
        Collections.addAll(
                config,
                "insert.mode",
                "overwrite",
                "overwrite.strategy",
                strategy.name().toLowerCase(Locale.ROOT),
                "overwrite.sweep.pages",
                "1");
        return config.toArray(String[]::new);
    }

    private void run(Strategy strategy, String... more) {
        target.task(log, config(strategy, more)).drain().close();
    }

    /** The table as a user would have made it. */
    private void table(Strategy strategy) {
        String columns = "(id serial, v text, kind int CONSTRAINT of_kind REFERENCES kinds, PRIMARY KEY (id))";
        target.execute("CREATE TABLE kinds (id int PRIMARY KEY)", "INSERT INTO kinds VALUES (1), (2)");
        if (strategy == Strategy.PARTITION) {
            target.execute(
                    "CREATE TABLE stock " + columns + " PARTITION BY RANGE (id)",
                    "CREATE TABLE stock_low PARTITION OF stock FOR VALUES FROM (MINVALUE) TO (3)",
                    "CREATE TABLE stock_rest PARTITION OF stock DEFAULT");
        } else {
            target.execute("CREATE TABLE stock " + columns);
        }
    }

    private List<String> stock() {
        return target.rows("SELECT id, v FROM stock ORDER BY id");
    }

    private List<String> gathered() {
        return target.rows(
                "SELECT relname FROM pg_class WHERE relname LIKE 'millrace_gen_%' AND relkind IN ('r', 'p')");
    }

    @ParameterizedTest
    @EnumSource
    void whatHangsOnTheTableStays(Strategy strategy) {
        table(strategy);
        copies.copy(STOCK, "g1", Copies.of(1, "a", 1), Copies.of(2, "b", 1), Copies.of(3, "c", 2));
        run(strategy);
        target.execute(
                "CREATE VIEW seen AS SELECT v FROM stock",
                "CREATE INDEX by_v ON stock (v)",
                "CREATE ROLE reader_" + strategy.ordinal(),
                "GRANT SELECT ON stock TO reader_" + strategy.ordinal(),
                "COMMENT ON TABLE stock IS 'kept'",
                "COMMENT ON COLUMN stock.v IS 'kept too'",
                "CREATE TABLE log (v text)",
                "CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS"
                        + " 'BEGIN INSERT INTO log VALUES (new.v); RETURN new; END'",
                "CREATE TRIGGER notes AFTER UPDATE ON stock FOR EACH ROW EXECUTE FUNCTION note()");
        copies.copy(STOCK, "g2", Copies.of(1, "a", 2), Copies.of(3, "changed", 2), Copies.of(40, "new", 1));
        run(strategy, "sequences.reset", "true", "post.load.sql", "INSERT INTO ${table} (v) VALUES ('by SQL')");
        assertThat(stock()).containsExactly("1|a", "3|changed", "40|new", "41|by SQL");
        assertThat(target.rows("SELECT count(*) FROM seen")).containsExactly("4");
        assertThat(target.rows("SELECT to_regclass('by_v'), obj_description('stock'::regclass),"
                        + " col_description('stock'::regclass, 2), has_table_privilege('reader_" + strategy.ordinal()
                        + "', 'stock', 'SELECT')"))
                .containsExactly("by_v|kept|kept too|t");
        target.execute("UPDATE stock SET v = 'noted' WHERE id = 3");
        assertThat(target.rows("SELECT v FROM log")).contains("noted");
        assertThatThrownBy(() -> target.execute("INSERT INTO stock VALUES (5, 'x', 99)"))
                .hasStackTraceContaining("of_kind");
        assertThatThrownBy(() -> target.execute("INSERT INTO stock VALUES (1, 'x', 1)"))
                .hasStackTraceContaining("duplicate key");
        assertThat(gathered()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(names = "SWEEP", mode = EnumSource.Mode.EXCLUDE)
    void readersSeeAllOfOneCopy(Strategy strategy) throws Exception {
        table(strategy);
        int rows = 150;
        for (String generation : List.of("old", "mid", "new")) {
            copies.tell(Manifest.Kind.BEGIN, STOCK, generation, copies.next());
            for (int i = 0; i < rows; i++) {
                log.writeTo(STOCK.topic(), i % 2);
                copies.row(STOCK, generation, i, generation, 1);
            }
            copies.tell(Manifest.Kind.END, STOCK, generation, copies.order());
        }
        AtomicBoolean end = new AtomicBoolean();
        CompletableFuture<List<String>> reader = CompletableFuture.supplyAsync(() -> {
            List<String> seen = new ArrayList<>();
            while (!end.get()) {
                seen.addAll(target.rows("SELECT count(*), min(v), max(v) FROM stock"));
            }
            return seen;
        });
        List<Throwable> failures = Collections.synchronizedList(new ArrayList<>());
        List<Thread> tasks = new ArrayList<>();
        for (TopicPartition partition : log.partitions()) {
            tasks.add(new Thread(() -> {
                try (TaskDriver task = new TaskDriver(
                        log, new PostgresSinkTask(), target.config(config(strategy, "max.batch.size", "37")), false)) {
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
        List<String> seen = reader.join();
        run(strategy);
        assertThat(failures).isEmpty();
        assertThat(seen)
                .isNotEmpty()
                .isSubsetOf("0|null|null", rows + "|old|old", rows + "|mid|mid", rows + "|new|new");
        assertThat(target.rows("SELECT count(*), min(v), max(v) FROM stock")).containsExactly(rows + "|new|new");
        assertThat(gathered()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void killsInTheMiddleLoseAndDoubleNothing(Strategy strategy) {
        table(strategy);
        for (String generation : List.of("old", "new")) {
            copies.tell(Manifest.Kind.BEGIN, STOCK, generation, copies.next());
            for (int i = 0; i < 200; i++) {
                log.writeTo(STOCK.topic(), i % 2);
                copies.row(STOCK, generation, i, generation, 1);
            }
            copies.tell(Manifest.Kind.END, STOCK, generation, copies.order());
        }
        for (int kill = 0; kill < 4; kill++) {
            TaskDriver task =
                    target.task(log, config(strategy, "max.batch.size", "29")).batch(13);
            for (int step = 0; step < 2 + 3 * kill; step++) {
                task.step();
            }
            task.kill();
        }
        run(strategy);
        assertThat(target.rows("SELECT count(*), min(v), max(v) FROM stock")).containsExactly("200|new|new");
        assertThat(gathered()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void aNewerCopyTakesThePlaceOfOneThatHasNotEnded(Strategy strategy) {
        table(strategy);
        copies.copy(STOCK, "g1", Copies.of(1, "a", 1));
        run(strategy);
        int older = copies.next();
        copies.tell(Manifest.Kind.BEGIN, STOCK, "g2", older);
        copies.row(STOCK, "g2", 2, "never seen", 1);
        run(strategy);
        assertThat(gathered()).isNotEmpty();
        copies.copy(STOCK, "g3", Copies.of(3, "c", 1));
        copies.row(STOCK, "g2", 4, "late", 1);
        copies.tell(Manifest.Kind.END, STOCK, "g2", older);
        run(strategy, "max.batch.size", "1");
        assertThat(stock()).containsExactly("3|c");
        copies.empty(STOCK, "g4");
        run(strategy);
        assertThat(stock()).isEmpty();
        assertThat(gathered()).isEmpty();
    }
}
