package io.millrace.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.source.window.CopyState;
import io.millrace.testing.Await;
import io.millrace.testing.PostgresServer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.config.ConfigValue;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The initial copy cut by ranges of a column: every row once, whatever the type and however the values are spread. */
class PartitionKeyIT {
    private static final int ROWS = 30_000;
    private static PostgresServer postgres;

    @BeforeAll
    static void start() {
        postgres = PostgresServer.start();
    }

    @AfterAll
    static void stop() {
        postgres.close();
    }

    @Test
    void copiesEveryRowOnceByKeysOfEveryKind() throws Exception {
        postgres.execute(
                "CREATE SCHEMA parts",
                // Half of the rows have one value, the others lie far apart; every hundredth has none.
                "CREATE TABLE parts.uneven (id int PRIMARY KEY, k int8)",
                "INSERT INTO parts.uneven SELECT i, CASE WHEN i % 100 = 0 THEN NULL WHEN i % 2 = 0 THEN 7"
                        + " ELSE i::int8 * i * i END FROM generate_series(1, " + ROWS + ") i",
                "CREATE TABLE parts.named (id int PRIMARY KEY, k text COLLATE \"en-x-icu\")",
                "INSERT INTO parts.named SELECT i, (ARRAY['a','B','_','É','z','Z','it''s','\\'])[1 + i % 8] || md5(i::text)"
                        + " FROM generate_series(1, " + ROWS + ") i",
                "CREATE TABLE parts.timed (id int PRIMARY KEY, k timestamptz NOT NULL)",
                "INSERT INTO parts.timed SELECT i, '2020-01-01'::timestamptz + i * interval '1 minute'"
                        + " FROM generate_series(1, " + ROWS + ") i",
                "CREATE TABLE parts.identified (id int, k uuid NOT NULL)",
                "INSERT INTO parts.identified SELECT i, md5(i::text)::uuid FROM generate_series(1, " + ROWS + ") i",
                "CREATE TABLE parts.empty (id int PRIMARY KEY, k int)",
                "CREATE TABLE parts.child (extra text) INHERITS (parts.timed)",
                "INSERT INTO parts.child SELECT -i, '2030-01-01', 'x' FROM generate_series(1, 100) i");
        Map<String, String> config = CdcMirror.config(postgres, "parts");
        config.put("snapshot.partition.key", "parts\\..*:k");
        config.put("snapshot.rows.per.partition", "2000");
        try (MirrorRun run = MirrorRun.first(config)) {
            Await.until("the stream has begun", () -> run.stored(CopyState.partition("parts")) != null);
            Map<String, Integer> rows = new TreeMap<>();
            for (String table : List.of("uneven", "named", "timed", "identified", "empty", "child")) {
                List<SourceRecord> records = run.records("parts.parts." + table);
                assertThat(records.stream().map(record -> after(record).getInt32("id")))
                        .as(table)
                        .doesNotHaveDuplicates();
                rows.put(table, records.size());
            }
            assertThat(rows)
                    .isEqualTo(new TreeMap<>(Map.of(
                            "uneven",
                            ROWS,
                            "named",
                            ROWS,
                            "timed",
                            ROWS,
                            "identified",
                            ROWS,
                            "empty",
                            0,
                            "child",
                            100)));
            for (String table : List.of("uneven", "named", "timed", "identified")) {
                assertThat(chunkSizes(run, "parts.parts." + table))
                        .as("rows in the chunks of %s", table)
                        .hasSizeGreaterThan(5)
                        .allMatch(size -> size <= (table.equals("uneven") ? ROWS / 2 + 6000 : 6000));
            }
        }
    }

    /** Rows between two records of progress. */
    private static List<Integer> chunkSizes(MirrorRun run, String topic) {
        List<Integer> sizes = new java.util.ArrayList<>();
        int size = 0;
        for (SourceRecord record : run.records()) {
            if (record.topic().equals(topic)) {
                size++;
            } else if (size > 0 && record.topic().startsWith("__millrace-control")) {
                sizes.add(size);
                size = 0;
            }
        }
        return sizes;
    }

    private static Struct after(SourceRecord record) {
        return TaskRun.after(record);
    }

    @Test
    void saysWhichTableLacksTheColumn() {
        postgres.execute(
                "CREATE SCHEMA bad",
                "CREATE TABLE bad.a (id int PRIMARY KEY)",
                "CREATE TABLE bad.b (id int PRIMARY KEY, k json)");
        assertThat(error("bad\\..*:k")).contains("bad.a", "has no column k");
        assertThat(error("bad\\.b:k")).contains("bad.b.k", "cannot be sorted");
        assertThat(error("bad.b")).contains("table:column");
    }

    private static String error(String keys) {
        Map<String, String> config = new HashMap<>(CdcMirror.config(postgres, "bad"));
        config.put("snapshot.partition.key", keys);
        return new PostgresCdcSourceConnector()
                .validate(config).configValues().stream()
                        .filter(value -> value.name().equals("snapshot.partition.key"))
                        .map(ConfigValue::errorMessages)
                        .toList()
                        .toString();
    }
}
