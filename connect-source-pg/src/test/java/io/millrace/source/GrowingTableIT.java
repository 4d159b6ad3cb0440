package io.millrace.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.source.position.Phase;
import io.millrace.source.position.StoredOffsets;
import io.millrace.testing.Await;
import io.millrace.testing.PostgresServer;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.connect.source.SourceRecord;
import org.junit.jupiter.api.Test;

/** With exactly-once, tasks that plan while a table grows have different numbers of chunks, and each chunk one reader. */
class GrowingTableIT {
    private static final int ROWS = 6000;
    private static final String TOPIC = "growing.growing.t";

    @Test
    void everyChunkIsReadOnceThoughTheTableGrowsBetweenTwoPlans() {
        try (PostgresServer postgres = PostgresServer.start()) {
            postgres.execute(
                    "CREATE SCHEMA growing",
                    "CREATE TABLE growing.t(id int4 PRIMARY KEY, pad text DEFAULT repeat('x', 300))",
                    "INSERT INTO growing.t SELECT generate_series(1, " + ROWS + ")",
                    "ANALYZE growing.t");
            Map<String, String> config = CdcMirror.config(postgres, "growing");
            config.put("exactly.once.support", "required");
            config.put("snapshot.rows.per.partition", "1000");
            config.put("max.batch.size", "50");
            config.put("max.queue.size.in.bytes", "100000");
            config.put("poll.interval.ms", "10");
            var store = new HandDrivenTask.Store();
            try (var first = new HandDrivenTask(store, config, 0, 2)) {
                Await.driving("the first has planned and reads", () -> {
                    first.acknowledge(first.poll());
                    return store.log().stream()
                            .anyMatch(record -> record.topic().equals(TOPIC));
                });
                postgres.execute("INSERT INTO growing.t SELECT generate_series(" + (ROWS + 1) + ", " + 3 * ROWS + ")");
                try (var second = new HandDrivenTask(store, config, 1, 2)) {
                    Await.driving("the stream begins", () -> {
                        first.pass();
                        second.pass();
                        return new StoredOffsets(store, "growing").phase() instanceof Phase.Streaming;
                    });
                    Map<Object, Integer> seen = new HashMap<>();
                    Await.driving("all rows are there", () -> {
                        first.pass();
                        seen.clear();
                        for (SourceRecord record : store.log()) {
                            if (record.topic().equals(TOPIC)) {
                                seen.merge(record.key(), 1, Integer::sum);
                            }
                        }
                        return seen.size() == 3 * ROWS;
                    });
                    assertThat(seen.values()).as("times of each row").containsOnly(1);
                }
            }
        }
    }
}
