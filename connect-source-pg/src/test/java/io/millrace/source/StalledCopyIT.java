package io.millrace.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.millrace.source.position.Phase;
import io.millrace.source.position.StoredOffsets;
import io.millrace.testing.Await;
import io.millrace.testing.FaultyProxy;
import io.millrace.testing.PostgresServer;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A network that swallows everything in the middle of a copy is noticed, a Connect that takes nothing is not cut. */
@Tag("extended")
class StalledCopyIT {
    private static final int ROWS = 20_000;
    private static PostgresServer postgres;

    @BeforeAll
    static void start() {
        postgres = PostgresServer.start();
    }

    @AfterAll
    static void stop() {
        postgres.close();
    }

    private static Map<String, String> mirror(FaultyProxy proxy, String name) {
        postgres.execute(
                "CREATE SCHEMA " + name,
                "CREATE TABLE " + name + ".t(id int8 PRIMARY KEY, pad text)",
                "INSERT INTO " + name + ".t SELECT i, repeat('x', 1000) FROM generate_series(1, " + ROWS + ") i",
                "ANALYZE");
        Map<String, String> config = CdcMirror.config(postgres, name);
        config.put("database.hostname", "localhost");
        config.put("database.port", Integer.toString(proxy.port()));
        config.put("snapshot.rows.per.partition", "1000000");
        config.put("max.batch.size", "100");
        config.put("max.queue.size.in.bytes", "200000");
        config.put("poll.interval.ms", "10");
        return config;
    }

    @Test
    void aStalledNetworkEndsTheCopyWithAReason() {
        try (var proxy = new FaultyProxy(postgres)) {
            Map<String, String> config = mirror(proxy, "stalled");
            config.put("database.query.timeout.ms", "5000");
            config.put("errors.max.retries", "0");
            var store = new HandDrivenTask.Store();
            AtomicReference<Throwable> failure = new AtomicReference<>();
            try (var task = new HandDrivenTask(store, config, 0, 1)) {
                Await.until("rows are read", () -> {
                    task.acknowledge(task.poll());
                    return store.log().size() > 500;
                });
                proxy.stall();
                Await.until("the copy gives up", () -> {
                    Throwable thrown = catchThrowable(() -> task.acknowledge(task.poll()));
                    failure.set(thrown);
                    return thrown != null;
                });
                proxy.resume();
            }
            assertThat(failure.get())
                    .hasMessageContaining("no row came")
                    .hasMessageContaining("database.query.timeout.ms");
        }
    }

    @Test
    void aConnectThatTakesNothingIsWaitedFor() throws InterruptedException {
        try (var proxy = new FaultyProxy(postgres)) {
            Map<String, String> config = mirror(proxy, "patient");
            config.put("database.query.timeout.ms", "1000");
            var store = new HandDrivenTask.Store();
            try (var task = new HandDrivenTask(store, config, 0, 1)) {
                Await.until("rows are read", () -> {
                    task.acknowledge(task.poll());
                    return store.log().size() > 500;
                });
                String session = copying();
                // Many times as long as it takes to notice a stall.
                Thread.sleep(6000);
                assertThat(copying()).isNotEmpty().isEqualTo(session);
                Await.until("the stream begins", () -> {
                    task.pass();
                    return new StoredOffsets(store, "patient").phase() instanceof Phase.Streaming;
                });
            }
        }
    }

    /** The process of the session that copies. */
    private static String copying() {
        return postgres.queryOne("SELECT coalesce(string_agg(pid::text, ' '), '') FROM pg_stat_activity"
                + " WHERE query LIKE 'COPY (SELECT%' AND query LIKE '%patient%'"
                + " AND pid <> pg_backend_pid()");
    }
}
