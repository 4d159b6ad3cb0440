package io.millrace.sink.pg;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.sink.SourceTable;
import io.millrace.sink.TopicLog;
import io.millrace.testing.Await;
import io.millrace.testing.ConnectWorker;
import io.millrace.testing.KafkaBroker;
import io.millrace.testing.Topics;
import io.millrace.testing.WorkerOptions;
import io.millrace.testing.WorkerProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.data.Schema;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Two hundred tables at once, with more data waiting than a small heap could hold. */
@Tag("extended")
class ManyTablesIT {
    private static final int TABLES = 200;
    private static final int ROUNDS = 5;
    private static final int ROWS = 20;
    private static final String TEXT = "x".repeat(16_000);

    private final Target target = Target.fresh();

    private static SourceTable table(int number) {
        return SourceTable.of("public", "many_" + number)
                .key("id", Schema.INT32_SCHEMA)
                .column("v", Schema.OPTIONAL_STRING_SCHEMA);
    }

    @Test
    void fitIntoASmallHeap() {
        try (KafkaBroker broker = KafkaBroker.start();
                WorkerProcess worker = ConnectWorker.process(
                        broker,
                        WorkerOptions.withModules("connect-sink-pg")
                                .heap("512m")
                                .jvm("-XX:+ExitOnOutOfMemoryError"))) {
            try (Topics topics = broker.topics()) {
                for (int i = 0; i < TABLES; i++) {
                    topics.create(table(i).topic(), 1);
                }
            }
            for (int round = 0; round < ROUNDS; round++) {
                TopicLog log = new TopicLog();
                for (int i = 0; i < TABLES; i++) {
                    for (int row = 0; row < ROWS; row++) {
                        log.insert(table(i), round * ROWS + row, TEXT);
                    }
                }
                TopicFiller.send(broker, log);
            }
            Map<String, String> config = new HashMap<>(target.config());
            config.put("name", "many");
            config.put("connector.class", PostgresSinkConnector.class.getName());
            config.put("tasks.max", "2");
            config.put("topics.regex", "mirror\\.public\\.many_.*");
            worker.rest().put("many", config);
            Await.until(
                    "all rows", Duration.ofMinutes(8), () -> rows() == (long) TABLES * ROUNDS * ROWS, worker::logTail);
            worker.rest().awaitRunning("many", 2);
            worker.rest().delete("many");
        }
        List<String> sizes = new ArrayList<>();
        for (int i = 0; i < TABLES; i++) {
            sizes.addAll(target.rows("SELECT count(DISTINCT id) FROM many_" + i));
        }
        assertThat(sizes).containsOnly(ROUNDS * ROWS + "");
    }

    /** Of all tables that are there. */
    private long rows() {
        String sum = target.rows(
                        "SELECT coalesce(sum((xpath('/row/c/text()', query_to_xml(format('SELECT count(*) AS c FROM %s',"
                                + " oid::regclass), false, true, '')))[1]::text::bigint), 0) FROM pg_class"
                                + " WHERE relname LIKE 'many\\_%' AND relkind = 'r'")
                .get(0);
        return Long.parseLong(sum);
    }
}
