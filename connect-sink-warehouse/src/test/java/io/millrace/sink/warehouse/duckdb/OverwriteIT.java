package io.millrace.sink.warehouse.duckdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.core.Manifest;
import io.millrace.sink.Copies;
import io.millrace.sink.TaskDriver;
import io.millrace.sink.TopicLog;
import io.millrace.sink.warehouse.CopiesContract;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whole copies that replace a table of a file: all at once for readers. */
class OverwriteIT extends CopiesContract {
    @TempDir
    Path folder;

    private Target target = new Target(Path.of(""));
    private Connection keeper;

    @BeforeEach
    void target() throws SQLException {
        target = new Target(folder);
        keeper = target.connect();
    }

    @AfterEach
    void close() throws SQLException {
        keeper.close();
    }

    @Override
    protected TaskDriver task(TopicLog log, String... config) {
        return target.task(log, config);
    }

    @Override
    protected List<String> rows(String table, String... columns) {
        String list = Arrays.stream(columns).map(Sql::name).collect(Collectors.joining(", "));
        return target.rows("SELECT " + list + " FROM public." + Sql.name(table)).stream()
                .sorted()
                .toList();
    }

    @Override
    protected List<String> tables() {
        return target.rows("SELECT table_name FROM duckdb_tables() WHERE schema_name = 'public'");
    }

    @Override
    protected List<String> gathered() {
        return target.rows("SELECT table_name FROM duckdb_tables() WHERE table_name LIKE 'millrace_gen_%'");
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
    void aDryRunComparesWithTheTableThatIsThere() {
        target.execute("CREATE SCHEMA public", "CREATE TABLE public.stock (id INTEGER NOT NULL)");
        target.run(new TopicLog().insert(STOCK, 1, "a"), "dry.run", "true");
        assertThat(target.rows("SELECT column_name FROM duckdb_columns() WHERE table_name = 'stock'"))
                .containsExactly("id");
        target.execute("DROP TABLE public.stock", "CREATE TABLE public.stock (id VARCHAR[] NOT NULL)");
        TaskDriver task = target.task(new TopicLog().insert(STOCK, 1, "a"), "dry.run", "true");
        assertThatThrownBy(task::drain).hasMessageContaining("public.stock").hasMessageContaining("\"id\"");
        task.kill();
    }
}
