package io.millrace.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testing.AgedPostgres;
import io.millrace.testing.PostgresOptions;
import io.millrace.testing.PostgresServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Mirrors by xmin while the 32 bits of a row's xid begin anew: on a cluster that has used up nearly all of them. */
@Tag("extended")
class WraparoundIT {
    private static final long TURN = 1L << 32;

    private static Set<Object> ids(TaskRun run) {
        return new HashSet<>(QueryMirror.field(run.of("old.public.t"), "id"));
    }

    /** Each statement is a transaction. */
    private static void write(PostgresServer server, int from, int to) throws SQLException {
        try (Connection connection = server.connect();
                Statement statement = connection.createStatement()) {
            for (int i = from; i < to; i++) {
                statement.execute("INSERT INTO t VALUES (" + i + ", 'new')");
                statement.execute("UPDATE t SET v = 'of " + i + "' WHERE id = " + i % 100);
            }
        }
    }

    @Test
    void insertsAndUpdatesComeAcrossTheTurn() throws SQLException {
        try (AgedPostgres aged = AgedPostgres.start(PostgresOptions.atLeast(15))) {
            PostgresServer server = aged.server();
            server.execute(
                    "CREATE TABLE t(id int PRIMARY KEY, v text)",
                    "INSERT INTO t SELECT i, 'old' FROM generate_series(0, 999) i");
            Map<String, String> config =
                    QueryMirror.config(server, "old", "table", "public.t", "watermark.column", "xmin");
            MemoryOffsets offsets = new MemoryOffsets();
            try (TaskRun run = TaskRun.query(config, offsets)) {
                run.take("old.public.t", 1000);
                run.await("its end", all -> xmin(offsets) > 0);
            }
            server.execute("INSERT INTO t VALUES (1000, 'while nobody looked')");
            aged.advanceTo(TURN - 300);
            assertThat(server.queryOne("SELECT count(*) FROM t")).isEqualTo("1001");
            assertThat(aged.nextXid()).isBetween(TURN - 300, TURN - 1);
            try (TaskRun run = TaskRun.query(config, offsets)) {
                run.await("what came before too many transactions", all -> ids(run).contains(1000));
                run.await("its end", all -> xmin(offsets) >= TURN - 300);
                assertThat(xmin(offsets)).isLessThan(TURN);
                int before = run.of("old.public.t").size();
                write(server, 1001, 1501);
                assertThat(aged.nextXid()).isGreaterThan(TURN);
                run.await("all rows", all -> {
                    Set<Object> ids = ids(run);
                    return ids.size() == 1501;
                });
                for (int i = 1401; i <= 1500; i++) {
                    String last = "of " + i;
                    run.await(last, all -> QueryMirror.field(run.of("old.public.t"), "v")
                            .contains(last));
                }
                run.await("a mark of the new turn", all -> xmin(offsets) > TURN);
                // Old rows keep the xid that they had, which the new ones come by again: some are taken for new.
                assertThat(run.of("old.public.t").size() - before).isLessThan(20_000);
            }
            write(server, 1501, 1511);
            try (TaskRun run = TaskRun.query(config, offsets)) {
                run.await("those since the last run", all -> ids(run).containsAll(List.of(1501, 1510)));
                assertThat(run.of("old.public.t")).hasSizeLessThan(1200);
            }
        }
    }

    private static long xmin(MemoryOffsets offsets) {
        Map<String, Object> offset = offsets.offset(QueryKindsIT.partition("old", "public.t"));
        return offset != null && offset.get("xmin") instanceof Number number ? number.longValue() : 0;
    }
}
