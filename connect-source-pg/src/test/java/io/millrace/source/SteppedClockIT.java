package io.millrace.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.source.window.CopyState;
import io.millrace.testing.Await;
import io.millrace.testing.PostgresServer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The worker's clock jumps by days, to and fro: the mirror neither stops nor doubles nor reorders anything. */
@Tag("extended")
class SteppedClockIT {
    private static final int ROWS = 3_000;
    private static PostgresServer postgres;

    @BeforeAll
    static void start() {
        postgres = PostgresServer.start();
    }

    @AfterAll
    static void stop() {
        postgres.close();
    }

    /** Each look is days away from the one before, back and forth. */
    private static final class JumpingClock extends Clock {
        private final Clock real = Clock.systemUTC();
        private volatile long looks;

        @Override
        @SuppressWarnings("NonAtomicOperationOnVolatileField") // any number will do
        public Instant instant() {
            long look = looks++;
            return real.instant().plus(Duration.ofDays(look * 7919 % 4001 - 2000));
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            throw new UnsupportedOperationException("in no zone but UTC");
        }
    }

    private static List<Long> ids(HandDrivenTask.Store store, String topic) {
        return store.log().stream()
                .filter(record -> record.topic().equals(topic))
                .map(record -> ((Struct) record.key()).getInt64("id"))
                .toList();
    }

    @Test
    void nothingStopsOrComesTwiceOrInAnotherOrder() {
        postgres.execute("CREATE SCHEMA stepped");
        for (String table : List.of("t", "added")) {
            postgres.execute(
                    "CREATE TABLE stepped." + table + "(id int8 PRIMARY KEY, pad text)",
                    "INSERT INTO stepped." + table + " SELECT i, repeat('x', 3000) FROM generate_series(1, " + ROWS
                            + ") i");
        }
        Map<String, String> config = CdcMirror.config(postgres, "stepped");
        config.put("table.include.list", "stepped.t");
        config.put("exactly.once.support", "required");
        config.put("snapshot.rows.per.partition", "1000");
        config.put("notification.enabled.channels", "sink");
        config.put("notification.sink.topic.name", "stepped-notices");
        config.put("notification.progress.interval.ms", "50");
        config.put("heartbeat.interval.ms", "50");
        config.put("status.update.interval.ms", "100");
        config.put("retriable.restart.connector.wait.ms", "100");
        config.put("poll.interval.ms", "10");
        JumpingClock clock = new JumpingClock();
        var store = new HandDrivenTask.Store();
        long next = ROWS;
        for (int life = 0; life < 4; life++) {
            if (life == 2) {
                config.put("table.include.list", "stepped.t,stepped.added");
            }
            try (var task = new HandDrivenTask(store, config, 0, 1, clock)) {
                for (int round = 0; round < 3; round++) {
                    long last = next + 200;
                    postgres.execute("INSERT INTO stepped.t SELECT i, '' FROM generate_series(" + (next + 1) + ", "
                            + last + ") i");
                    next = last;
                    if (life > 0) {
                        awaitLast(task, store, last);
                        // The connection is lost as well.
                        postgres.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                                + " WHERE application_name LIKE 'millrace stream %'");
                    } else {
                        task.acknowledge(task.poll());
                    }
                }
                if (life == 3) {
                    Await.until("the added table is copied", () -> {
                        task.pass();
                        return ids(store, "stepped.stepped.added").size() >= ROWS;
                    });
                }
            }
        }
        List<SourceRecord> rows = store.log().stream()
                .filter(record -> record.topic().equals("stepped.stepped.t"))
                .toList();
        List<Long> streamed = rows.stream()
                .filter(record -> TaskRun.op(record).equals("c"))
                .map(record -> ((Struct) record.key()).getInt64("id"))
                .toList();
        long from = streamed.get(0);
        assertThat(streamed)
                .isEqualTo(LongStream.rangeClosed(from, next).boxed().toList());
        assertThat(rows.stream()
                        .filter(record -> TaskRun.op(record).equals("r"))
                        .map(record -> ((Struct) record.key()).getInt64("id")))
                .containsExactlyInAnyOrderElementsOf(
                        LongStream.range(1, from).boxed().toList());
        assertThat(ids(store, "stepped.stepped.added")).doesNotHaveDuplicates().hasSize(ROWS);
        List<Long> stamps = store.log().stream()
                .filter(record -> record.topic().startsWith("__debezium-heartbeat"))
                .map(record -> ((Struct) record.value()).getInt64("ts_ms"))
                .toList();
        assertThat(stamps).as("times, which do go back").hasSizeGreaterThan(10);
        assertThat(stamps.stream().sorted().toList()).isNotEqualTo(stamps);
        assertThat(CopyState.of(store.offset(CopyState.partition("stepped")))).isNotNull();
    }

    private static void awaitLast(HandDrivenTask task, HandDrivenTask.Store store, long last) {
        Await.until(last + " has come", () -> {
            task.acknowledge(task.poll());
            return ids(store, "stepped.stepped.t").contains(last);
        });
    }
}
