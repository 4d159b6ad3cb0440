package io.millrace.sink.pg;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.sink.SourceTable;
import io.millrace.sink.TaskDriver;
import io.millrace.sink.TopicLog;
import io.millrace.testing.FaultyProxy;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.connect.data.Schema;
import org.junit.jupiter.api.Test;

/** A task stops answering at any moment, another takes over, and the first wakes. */
class ZombieIT {
    private static final SourceTable EVENTS =
            SourceTable.of("public", "events").column("a", Schema.OPTIONAL_STRING_SCHEMA);
    private static final int ROUNDS = 16;
    private static final int ROWS = 120;

    private final Target target = Target.fresh();
    private final TopicLog log = new TopicLog();

    private TaskDriver through(FaultyProxy proxy) {
        Map<String, String> config =
                new HashMap<>(target.config("insert.mode", "append", "max.batch.size", "11", "lock.timeout.ms", "300"));
        config.put(
                PostgresSinkConfig.URL,
                target.url().replaceFirst("//[^/]+/", "//" + proxy.host() + ":" + proxy.port() + "/")
                        + "?sslmode=disable");
        return new TaskDriver(log, new PostgresSinkTask(), config, false).batch(17);
    }

    @Test
    void nothingIsLostOrDoubledAndNobodyFails() throws Exception {
        List<Throwable> failures = new CopyOnWriteArrayList<>();
        int overtaken = 0;
        try (FaultyProxy proxy = new FaultyProxy(Target.server())) {
            for (int round = 0; round < ROUNDS; round++) {
                for (int i = 0; i < ROWS; i++) {
                    log.insert(EVENTS, round + "/" + i);
                }
                AtomicBoolean end = new AtomicBoolean();
                TaskDriver zombie = through(proxy);
                Thread life = new Thread(() -> {
                    try {
                        zombie.open();
                        while (!end.get()) {
                            zombie.step();
                        }
                        zombie.drain();
                    } catch (RuntimeException | Error e) {
                        failures.add(e);
                    }
                });
                life.start();
                // From before it has connected until after it has written all.
                Thread.sleep(round * 6L);
                proxy.stall();
                int before = count();
                try (TaskDriver successor = target.task(log, "insert.mode", "append", "lock.timeout.ms", "300")) {
                    successor.drain();
                }
                overtaken += count() > before ? 1 : 0;
                proxy.resume();
                end.set(true);
                life.join();
                zombie.kill();
            }
        }
        assertThat(failures).isEmpty();
        assertThat(overtaken)
                .as("rounds in which the successor had something to do")
                .isGreaterThan(3);
        assertThat(target.rows("SELECT count(*), count(DISTINCT a) FROM events"))
                .containsExactly(ROUNDS * ROWS + "|" + ROUNDS * ROWS);
    }

    private int count() {
        return target.rows("SELECT to_regclass('events')").contains("null")
                ? 0
                : Integer.parseInt(target.rows("SELECT count(*) FROM events").get(0));
    }
}
