package io.millrace.sink.warehouse.duckdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.core.Manifest;
import io.millrace.sink.Copies;
import io.millrace.sink.SourceTable;
import io.millrace.sink.TaskDriver;
import io.millrace.sink.TopicLog;
import io.millrace.sink.destination.Destination;
import io.millrace.sink.destination.Generations;
import io.millrace.sink.destination.TableId;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.List;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.data.Schema;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole copies that replace a table of a file: all at once for readers. */
class OverwriteIT {
    private static final SourceTable STOCK =
            SourceTable.of("public", "stock").key("id", Schema.INT32_SCHEMA).column("v", Schema.OPTIONAL_STRING_SCHEMA);
    private static final SourceTable PLAIN =
            SourceTable.of("public", "plain").column("v", Schema.OPTIONAL_STRING_SCHEMA);

    @TempDir
    Path folder;

    private Target target = new Target(Path.of(""));
    private Connection keeper;
    private final TopicLog log = new TopicLog();
    private final Copies copies = new Copies(log);

    @BeforeEach
    void target() throws SQLException {
        target = new Target(folder);
        keeper = target.connect();
    }

    @AfterEach
    void close() throws SQLException {
        keeper.close();
    }

    private void run(String... more) {
        String[] config = Arrays.copyOf(more, more.length + 2);
        config[more.length] = "insert.mode";
        config[more.length + 1] = "overwrite";
        target.run(log, config);
    }

    private List<String> stock() {
        return target.rows("SELECT id, v FROM public.stock ORDER BY id");
    }

    @Test
    void aTableThatCannotBeReplacedHoldsUpNoOther() {
        SourceTable other = SourceTable.of("public", "other")
                .key("id", Schema.INT32_SCHEMA)
                .column("v", Schema.OPTIONAL_STRING_SCHEMA);
        target.execute(
                "CREATE SCHEMA public",
                "CREATE TABLE public.stock (id INTEGER, v VARCHAR CHECK (v <> 'bad'))",
                "INSERT INTO public.stock VALUES (1, 'a')");
        copies.copy(other, "p1", Copies.of(1, "x"));
        copies.copy(STOCK, "s1", Copies.of(1, "bad"));
        assertThatThrownBy(this::run).hasMessageContaining("public.stock");
        run("table.error.policy", "park");
        copies.copy(other, "p2", Copies.of(1, "y"));
        run("table.error.policy", "park");
        assertThat(target.rows("SELECT v FROM public.other")).containsExactly("y");
        assertThat(stock()).containsExactly("1|a");
        copies.copy(STOCK, "s2", Copies.of(1, "b"));
        run("table.error.policy", "park");
        assertThat(stock()).containsExactly("1|b");
    }

    /** A task of the source was interrupted in the middle of a chunk, which another has sent again. */
    @Test
    void rowsThatCameTwiceAreFoldedByTheirKey() {
        copies.tell(Manifest.Kind.BEGIN, STOCK, "s1", copies.next());
        for (int i = 0; i < 2; i++) {
            copies.row(STOCK, "s1", 1, "a");
            copies.row(STOCK, "s1", 2, "b");
        }
        copies.endWith(STOCK, "s1", 2);
        run();
        assertThat(stock()).containsExactly("1|a", "2|b");
    }

    @Test
    void rowsWithoutAKeyThatCameTwiceReplaceNothing() {
        copies.copy(PLAIN, "p1", Copies.of("old"));
        run("primary.key.mode", "none");
        copies.tell(Manifest.Kind.BEGIN, PLAIN, "p2", copies.next());
        for (String value : List.of("a", "b", "a", "b", "c")) {
            copies.row(PLAIN, "p2", value);
        }
        copies.endWith(PLAIN, "p2", 3);
        run("primary.key.mode", "none");
        assertThat(target.rows("SELECT v FROM public.plain")).containsExactly("old");
        run("primary.key.mode", "none");
        assertThat(gathered()).isEmpty();
        copies.tell(Manifest.Kind.BEGIN, PLAIN, "p3", copies.next());
        copies.row(PLAIN, "p3", "a");
        copies.row(PLAIN, "p3", "a");
        copies.endWith(PLAIN, "p3", 2);
        run("primary.key.mode", "none");
        assertThat(target.rows("SELECT v FROM public.plain")).containsExactly("a", "a");
    }

    @Test
    void whatACopyWaitsForIsKnown() {
        copies.tell(Manifest.Kind.BEGIN, STOCK, "g1", copies.next());
        copies.row(STOCK, "g1", 1, "a");
        copies.end(STOCK, "g1", 5);
        run();
        target.execute("UPDATE millrace_ledger_generations SET updated_at = now() - INTERVAL 30 MINUTE");
        List<Generations.Awaited> awaited = awaited();
        assertThat(awaited).hasSize(1);
        assertThat(awaited.get(0).target()).isEqualTo(TableId.of("public", "stock"));
        assertThat(awaited.get(0).id()).isEqualTo("g1");
        assertThat(awaited.get(0).millis()).isBetween(1_800_000L, 2_400_000L);
        assertThat(awaited.get(0).missing())
                .containsExactly(new Generations.Missing(new TopicPartition(STOCK.topic(), 0), 5, 1));
        for (int i = 0; i < 5; i++) {
            copies.row(STOCK, "g1", 2 + i, "b");
        }
        run();
        assertThat(awaited()).isEmpty();
        assertThat(stock()).hasSize(6);
    }

    private List<Generations.Awaited> awaited() {
        try (Destination destination = target.destination("sink")) {
            return destination.generations().orElseThrow().awaited();
        }
    }

    private List<String> gathered() {
        return target.rows("SELECT table_name FROM duckdb_tables() WHERE table_name LIKE 'millrace_gen_%'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"diff", "truncate"})
    void aCopyReplacesWhatWasThere(String strategy) {
        copies.copy(STOCK, "g1", Copies.of(1, "a"), Copies.of(2, "b"), Copies.of(3, "c"));
        run("overwrite.strategy", strategy, "synced.at.column", "at");
        assertThat(stock()).containsExactly("1|a", "2|b", "3|c");
        String written =
                target.rows("SELECT \"at\" FROM public.stock WHERE id = 1").get(0);
        target.execute("CREATE VIEW public.seen AS SELECT v FROM public.stock");
        copies.copy(STOCK, "g2", Copies.of(1, "a"), Copies.of(3, "changed"), Copies.of(4, "new"));
        run("overwrite.strategy", strategy, "synced.at.column", "at");
        assertThat(stock()).containsExactly("1|a", "3|changed", "4|new");
        assertThat(target.rows("SELECT \"at\" FROM public.stock WHERE id = 1").contains(written))
                .as("a row that does not differ is left alone")
                .isEqualTo(strategy.equals("diff"));
        assertThat(target.rows("SELECT count(*) FROM public.seen")).containsExactly("3");
        assertThat(gathered()).isEmpty();
        assertThat(target.rows("SELECT * FROM millrace_ledger_generation_offsets"))
                .isEmpty();
    }

    @Test
    void aCopyWhoseRowsAreGoneReplacesNothing() {
        copies.copy(STOCK, "g1", Copies.of(1, "a"));
        run();
        copies.tell(Manifest.Kind.BEGIN, STOCK, "g2", copies.next());
        copies.row(STOCK, "g2", 2, "b");
        run();
        target.execute("DROP TABLE public." + gathered().get(0));
        copies.tell(Manifest.Kind.END, STOCK, "g2", copies.order());
        run();
        assertThat(stock()).containsExactly("1|a");
        assertThat(target.rows("SELECT state FROM millrace_ledger_generations WHERE generation = 'g2'"))
                .containsExactly("aborted");
    }

    @Test
    void nothingIsSeenBeforeTheEndAndAnEmptyCopyEmpties() {
        copies.copy(STOCK, "g1", Copies.of(1, "a"));
        run();
        copies.tell(Manifest.Kind.BEGIN, STOCK, "g2", copies.next());
        copies.row(STOCK, "g2", 2, "b");
        run();
        assertThat(stock()).containsExactly("1|a");
        assertThat(gathered()).hasSize(1);
        copies.tell(Manifest.Kind.END, STOCK, "g2", copies.order());
        run();
        assertThat(stock()).containsExactly("2|b");
        copies.empty(STOCK, "g3");
        run();
        assertThat(stock()).isEmpty();
        assertThat(gathered()).isEmpty();
    }

    @Test
    void aReaderSeesAllOfTheOldUntilItEndsItsTransaction() throws SQLException {
        copies.copy(STOCK, "g1", Copies.of(1, "a"), Copies.of(2, "b"));
        run();
        try (Connection reader = target.connect();
                Statement statement = reader.createStatement()) {
            statement.execute("BEGIN TRANSACTION");
            assertThat(texts(statement)).isEqualTo("[a, b]");
            copies.copy(STOCK, "g2", Copies.of(2, "c"), Copies.of(3, "d"));
            run();
            assertThat(texts(statement)).isEqualTo("[a, b]");
            statement.execute("COMMIT");
            assertThat(texts(statement)).isEqualTo("[c, d]");
        }
    }

    private static String texts(Statement statement) throws SQLException {
        try (ResultSet row = statement.executeQuery("SELECT list(v ORDER BY id)::VARCHAR FROM public.stock")) {
            row.next();
            return row.getString(1);
        }
    }

    @Test
    void aNewerCopySupersedesAndAnAbortedOneIsCleared() {
        copies.copy(STOCK, "g1", Copies.of(1, "a"));
        run();
        int second = copies.next();
        copies.tell(Manifest.Kind.BEGIN, STOCK, "g2", second);
        copies.row(STOCK, "g2", 2, "never");
        run();
        int third = copies.next();
        copies.tell(Manifest.Kind.BEGIN, STOCK, "g3", third);
        copies.row(STOCK, "g3", 3, "c");
        copies.row(STOCK, "g2", 4, "never");
        copies.tell(Manifest.Kind.END, STOCK, "g2", second);
        run();
        assertThat(stock()).containsExactly("1|a");
        copies.tell(Manifest.Kind.ABORT, STOCK, "g3", third);
        run();
        assertThat(stock()).containsExactly("1|a");
        assertThat(gathered()).isEmpty();
        copies.copy(STOCK, "g4", Copies.of(5, "e"));
        run();
        assertThat(stock()).containsExactly("5|e");
    }

    @Test
    void tasksThatAreKilledInTheMiddleAreExact() {
        for (int generation = 1; generation <= 2; generation++) {
            Object[][] rows = new Object[60][];
            for (int i = 0; i < rows.length; i++) {
                rows[i] = Copies.of(i * generation, "g" + generation);
            }
            copies.copy(STOCK, "g" + generation, rows);
        }
        for (int kill = 0; kill < 12; kill++) {
            TaskDriver task = target.task(log, "insert.mode", "overwrite", "max.batch.size", "13")
                    .batch(7);
            for (int step = 0; step < kill; step++) {
                task.step();
            }
            task.kill();
        }
        run();
        assertThat(target.rows("SELECT count(*), min(v), sum(id) FROM public.stock"))
                .containsExactly("60|g2|" + 2 * 59 * 30);
        assertThat(gathered()).isEmpty();
    }

    @Test
    void equalRowsOfATableWithoutAKeyStayAsManyAsTheyAre() {
        for (String generation : List.of("g1", "g2")) {
            copies.copy(PLAIN, generation, Copies.of("x"), Copies.of("x"), Copies.of(generation));
            run("primary.key.mode", "none");
            assertThat(target.rows("SELECT v FROM public.plain ORDER BY v DESC"))
                    .containsExactly("x", "x", generation);
        }
    }

    @Test
    void aDryRunChangesNothing() {
        copies.copy(STOCK, "g1", Copies.of(1, "a"));
        run("dry.run", "true");
        target.run(new TopicLog().insert(STOCK, 1, "a"), "dry.run", "true");
        assertThat(target.rows("SELECT table_name FROM duckdb_tables()")).isEmpty();
    }

    @Test
    void aDryRunComparesWithTheTableThatIsThere() {
        target.execute("CREATE SCHEMA public", "CREATE TABLE public.stock (id INTEGER NOT NULL)");
        target.run(new TopicLog().insert(STOCK, 1, "a"), "dry.run", "true");
        assertThat(target.rows("SELECT column_name FROM duckdb_columns() WHERE table_name = 'stock'"))
                .containsExactly("id");
        target.execute("DROP TABLE public.stock", "CREATE TABLE public.stock (id VARCHAR[] NOT NULL)");
        TaskDriver task = target.task(new TopicLog().insert(STOCK, 1, "a"), "dry.run", "true");
        org.assertj.core.api.Assertions.assertThatThrownBy(task::drain)
                .hasMessageContaining("public.stock")
                .hasMessageContaining("\"id\"");
        task.kill();
    }
}
