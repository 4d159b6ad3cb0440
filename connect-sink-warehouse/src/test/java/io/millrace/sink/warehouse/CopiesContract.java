package io.millrace.sink.warehouse;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.core.Manifest;
import io.millrace.sink.Copies;
import io.millrace.sink.SourceTable;
import io.millrace.sink.TaskDriver;
import io.millrace.sink.TopicLog;
import java.util.Arrays;
import java.util.List;
import org.apache.kafka.connect.data.Schema;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole copies that replace a table by {@code overwrite.strategy}: what warehouses with transactions do alike. */
public abstract class CopiesContract {
    protected static final SourceTable STOCK =
            SourceTable.of("public", "stock").key("id", Schema.INT32_SCHEMA).column("v", Schema.OPTIONAL_STRING_SCHEMA);
    protected static final SourceTable PLAIN =
            SourceTable.of("public", "plain").column("v", Schema.OPTIONAL_STRING_SCHEMA);

    protected final TopicLog log = new TopicLog();
    protected final Copies copies = new Copies(log);

    /** A task that has opened all partitions. */
    protected abstract TaskDriver task(TopicLog log, String... config);

    /** Rows of a table of schema public as text, columns joined by a bar, sorted. Names as the source has them. */
    protected abstract List<String> rows(String table, String... columns);

    /** Tables of schema public, by the names that the source has. */
    protected abstract List<String> tables();

    /** Tables in which copies are gathered. */
    protected abstract List<String> gathered();

    private static String[] overwrite(String... more) {
        String[] config = Arrays.copyOf(more, more.length + 2);
        config[more.length] = "insert.mode";
        config[more.length + 1] = "overwrite";
        return config;
    }

    protected final void run(String... more) {
        try (TaskDriver task = task(log, overwrite(more))) {
            task.drain();
        }
    }

    protected final List<String> stock() {
        return rows("stock", "id", "v");
    }

    @ParameterizedTest
    @ValueSource(strings = {"diff", "truncate"})
    void aCopyReplacesWhatWasThere(String strategy) {
        copies.copy(STOCK, "g1", Copies.of(1, "a"), Copies.of(2, "b"), Copies.of(3, "c"));
        run("overwrite.strategy", strategy, "synced.at.column", "at");
        assertThat(stock()).containsExactly("1|a", "2|b", "3|c");
        String written = rows("stock", "id", "at").get(0);
        copies.copy(STOCK, "g2", Copies.of(1, "a"), Copies.of(3, "changed"), Copies.of(4, "new"));
        run("overwrite.strategy", strategy, "synced.at.column", "at");
        assertThat(stock()).containsExactly("1|a", "3|changed", "4|new");
        assertThat(rows("stock", "id", "at").get(0).equals(written))
                .as("a row that does not differ is left alone")
                .isEqualTo(strategy.equals("diff"));
        assertThat(gathered()).isEmpty();
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
        for (int kill = 0; kill < 8; kill++) {
            TaskDriver task = task(log, overwrite("max.batch.size", "13")).batch(7);
            for (int step = 0; step < kill; step++) {
                task.step();
            }
            task.kill();
        }
        run();
        assertThat(stock()).hasSize(60).allMatch(row -> row.endsWith("|g2"));
        assertThat(tables()).containsExactly("stock");
    }

    @Test
    void equalRowsOfATableWithoutAKeyStayAsManyAsTheyAre() {
        for (String generation : List.of("g1", "g2")) {
            copies.copy(PLAIN, generation, Copies.of("x"), Copies.of("x"), Copies.of(generation));
            run("primary.key.mode", "none");
            assertThat(rows("plain", "v")).containsExactly(generation, "x", "x");
        }
    }

    @Test
    void aDryRunChangesNothing() {
        copies.copy(STOCK, "g1", Copies.of(1, "a"));
        run("dry.run", "true");
        try (TaskDriver task = task(new TopicLog().insert(STOCK, 1, "a"), "dry.run", "true")) {
            task.drain();
        }
        assertThat(tables()).isEmpty();
    }
}
