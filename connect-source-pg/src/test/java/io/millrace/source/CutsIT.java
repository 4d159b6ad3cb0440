package io.millrace.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testing.FaultyProxy;
import io.millrace.testing.PostgresServer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.source.SourceRecord;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The connection to the source is cut a hundred times, anywhere: the stream is exact all the same. */
@Tag("extended")
class CutsIT {
    private static final int CUTS = 100;
    private static final int ROWS = 40;

    @Test
    void aHundredCutsLoseAndDoubleNothing() {
        try (PostgresServer postgres = PostgresServer.start();
                FaultyProxy proxy = new FaultyProxy(postgres)) {
            postgres.execute("CREATE SCHEMA cut", "CREATE TABLE cut.t(id int4 PRIMARY KEY, filler text)");
            Map<String, String> config = CdcMirror.config(postgres, "cut");
            config.put("snapshot.mode", "no_data");
            config.put("retriable.restart.connector.wait.ms", "100");
            config.put("database.hostname", proxy.host());
            config.put("database.port", Integer.toString(proxy.port()));
            try (TaskRun run = TaskRun.start(config)) {
                run.take("__debezium-heartbeat.cut", 1);
                int rows = 0;
                int cuts = 0;
                for (int round = 0; cuts < CUTS; round++) {
                    assertThat(round).as("rounds for %s cuts", cuts).isLessThan(4 * CUTS);
                    long opened = proxy.opened();
                    // Within the rows' bytes, or within those of connecting again and finding the place.
                    proxy.cutWithin(round % 3 == 0 ? 30_000 : 12_000, round);
                    postgres.execute("INSERT INTO cut.t SELECT i, repeat('x', 200) FROM generate_series(" + (rows + 1)
                            + ", " + (rows + ROWS) + ") i");
                    rows += ROWS;
                    run.take("cut.cut.t", rows);
                    cuts += proxy.opened() > opened ? 1 : 0;
                }
                List<Integer> ids = new ArrayList<>();
                List<String> positions = new ArrayList<>();
                for (SourceRecord record : run.of("cut.cut.t")) {
                    ids.add(TaskRun.after(record).getInt32("id"));
                    positions.add(record.sourceOffset().get("millrace.commit_lsn") + " "
                            + record.sourceOffset().get("millrace.ordinal"));
                }
                assertThat(ids).hasSize(rows).isSorted().doesNotHaveDuplicates();
                assertThat(positions).doesNotHaveDuplicates();
            }
        }
    }
}
