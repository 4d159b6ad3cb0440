package io.millrace.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.quickstart.screen.Screen;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole show, at a small size. */
class QuickstartIT {
    @Test
    @Tag("extended")
    void mirrorsByQueryAndProvesBothEndsEqual() throws InterruptedException {
        String shown = show("--mirror", "query", "--rows", "20k", "--seconds", "5", "--exit");
        assertThat(shown)
                .contains("query-source-xmin.json")
                .contains("20,000 of 20,000 rows")
                .contains("commit to target: median")
                .contains("Source and target are equal.");
    }

    /** The file that it leaves is opened by this process once everything has ended, as a user's shell would. */
    @Test
    @Tag("extended")
    void leavesADuckDbFileEqualToTheSource(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("shop.duckdb");
        String shown = show(
                "--sink",
                "duckdb",
                "--target",
                file.toString(),
                "--rows",
                "20k",
                "--seconds",
                "3",
                "--kill",
                "1",
                "--exit");
        assertThat(shown)
                .contains("duckdb-sink.json")
                .contains("Source and target are equal.")
                .contains("duckdb " + file);
        try (Connection connection = DriverManager.getConnection("jdbc:duckdb:" + file);
                var rows = connection.createStatement().executeQuery("SELECT count(*) > 0 FROM public.orders")) {
            assertThat(rows.next() && rows.getBoolean(1)).isTrue();
        }
    }

    @Test
    @Tag("emulators")
    void mirrorsIntoClickHousesEngine() throws InterruptedException {
        String shown = show("--sink", "clickhouse", "--rows", "20k", "--seconds", "3", "--kill", "1", "--exit");
        assertThat(shown)
                .contains("clickhouse-sink.json")
                .contains("Source and target are equal.")
                .contains("orders_current");
    }

    @Test
    @Tag("extended")
    void mirrorsIntoAStandInForBigQuery() throws InterruptedException {
        String shown = show("--sink", "bigquery", "--rows", "20k", "--seconds", "3", "--kill", "1", "--exit");
        assertThat(shown)
                .contains("bigquery-sink.json")
                .contains("Source and target are equal.")
                .contains("requests so far");
    }

    /**
     * The worker is killed five times, three of them during the copy, while inserts, updates (of wide values too),
     * deletes and key changes go on.
     */
    @Test
    void fiveKillsDuringCopyAndStreamLoseAndDoubleNothing() throws InterruptedException {
        String shown = show("--rows", "60k", "--seconds", "5", "--kill", "5", "--exit");
        assertThat(shown)
                .contains("PUT http://localhost")
                .contains("commit to target: median")
                .contains("worker killed 5 of 5 times")
                .contains("Source and target are equal.")
                .contains("postgresql://");
        // The last line of the copy: some of the kills must have hit it.
        assertThat(shown).containsPattern("60,000 of 60,000 rows.*worker killed [1-5] of 5 times");
    }

    private static String show(String... arguments) throws InterruptedException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        Screen screen = new Screen(new PrintStream(bytes, true, StandardCharsets.UTF_8), false);
        boolean equal;
        try {
            equal = new Quickstart(Options.parse(List.of(arguments)), screen).run();
        } catch (RuntimeException | AssertionError e) {
            throw new AssertionError(e.getMessage() + "\n" + bytes.toString(StandardCharsets.UTF_8), e);
        }
        String shown = bytes.toString(StandardCharsets.UTF_8);
        assertThat(equal).as(shown).isTrue();
        return shown;
    }
}
