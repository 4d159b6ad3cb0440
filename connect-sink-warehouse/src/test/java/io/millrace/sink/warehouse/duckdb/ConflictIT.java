package io.millrace.sink.warehouse.duckdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.sink.Copies;
import io.millrace.sink.SourceTable;
import io.millrace.sink.TaskDriver;
import io.millrace.sink.TopicLog;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.errors.RetriableException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Another session of this process, or of MotherDuck, is in the middle of changing the rows of a table. */
class ConflictIT {
    private static final SourceTable STOCK = table("stock");
    private static final SourceTable OTHER = table("other");

    @TempDir
    Path folder;

    private Target target = new Target(Path.of(""));
    private Connection holder;
    private final TopicLog log = new TopicLog();
    private final Copies copies = new Copies(log);

    private static SourceTable table(String name) {
        return SourceTable.of("public", name).key("id", Schema.INT32_SCHEMA).column("v", Schema.OPTIONAL_STRING_SCHEMA);
    }

    @BeforeEach
    void target() throws SQLException {
        target = new Target(folder);
        holder = target.connect();
    }

    @AfterEach
    void close() throws SQLException {
        holder.close();
    }

    /** A change that collides with what the sink does, which is not the same for every statement. */
    private void hold(String change) throws SQLException {
        try (Statement statement = holder.createStatement()) {
            statement.execute("BEGIN TRANSACTION");
            statement.execute(change);
        }
    }

    private void letGo() throws SQLException {
        try (Statement statement = holder.createStatement()) {
            statement.execute("ROLLBACK");
        }
    }

    private boolean is(String state) {
        return target.rows("SELECT state FROM millrace_freshness WHERE table_name = 'public.stock'")
                .equals(List.of(state));
    }

    @Test
    void theTableWaitsByItself() throws SQLException {
        log.insert(STOCK, 1, "a").insert(OTHER, 1, "a");
        target.run(log);
        hold("DELETE FROM public.stock");
        log.update(STOCK, 1, "b").insert(STOCK, 2, "b").insert(OTHER, 2, "b");
        try (TaskDriver task = target.task(log)) {
            task.until(() -> is("waiting"));
            assertThat(target.rows("SELECT id FROM public.other ORDER BY id")).containsExactly("1", "2");
            log.insert(OTHER, 3, "c");
            task.until(() -> target.rows("SELECT id FROM public.other").size() == 3);
            letGo();
            task.until(() ->
                    target.rows("SELECT id, v FROM public.stock ORDER BY id").equals(List.of("1|b", "2|b")));
            task.until(() -> is("active"));
        }
    }

    @Test
    @Tag("extended")
    void itIsParkedAloneOrTheTaskFails() throws SQLException {
        log.insert(STOCK, 1, "a").insert(OTHER, 1, "a");
        target.run(log);
        hold("DELETE FROM public.stock");
        log.update(STOCK, 1, "b").insert(OTHER, 2, "b");
        try (TaskDriver task = target.task(log, "flush.timeout.ms", "1000", "table.error.policy", "park")) {
            task.until(() -> is("parked"));
            log.insert(OTHER, 3, "c");
            task.until(() -> target.rows("SELECT id FROM public.other").size() == 3);
        }
        TaskDriver failing = target.task(log, "flush.timeout.ms", "1000");
        assertThatThrownBy(() -> failing.until(() -> false))
                .isInstanceOf(ConnectException.class)
                .isNotInstanceOf(RetriableException.class)
                .hasMessageContaining("public.stock");
        failing.kill();
        letGo();
        target.run(log);
        assertThat(target.rows("SELECT v FROM public.stock")).containsExactly("b");
    }

    @Test
    void aCopyWaitsToReplaceItsTable() throws SQLException {
        copies.copy(STOCK, "s1", Copies.of(1, "a"));
        target.run(log, "insert.mode", "overwrite");
        hold("UPDATE public.stock SET v = 'not committed'");
        copies.copy(STOCK, "s2", Copies.of(1, "b"), Copies.of(2, "b"));
        copies.copy(OTHER, "p1", Copies.of(1, "x"));
        try (TaskDriver task =
                target.task(log, "insert.mode", "overwrite", "flush.timeout.ms", "60000", "sync.interval.ms", "0")) {
            task.until(() -> target.rows("SELECT 1 FROM duckdb_tables() WHERE table_name = 'other'")
                                    .size()
                            == 1
                    && target.rows("SELECT v FROM public.other").equals(List.of("x")));
            copies.copy(OTHER, "p2", Copies.of(1, "y"));
            task.until(() -> target.rows("SELECT v FROM public.other").equals(List.of("y")));
            assertThat(target.rows("SELECT id, v FROM public.stock")).containsExactly("1|a");
            letGo();
            task.until(() ->
                    target.rows("SELECT id, v FROM public.stock ORDER BY id").equals(List.of("1|b", "2|b")));
        }
    }
}
