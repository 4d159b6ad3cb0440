package io.millrace.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testing.PostgresServer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Each row carries the schema that it was written with, however far the catalog is ahead of the stream. */
@Tag("extended")
class SchemaRaceIT {
    private static final int ROWS = 400;
    private static final String TYPE = "__debezium.source.column.type";

    /** What the table is like for whoever holds a lock on it: columns with types, and the primary key. */
    private static final String SHAPE =
            """
            SELECT (SELECT string_agg(attname || ' ' || upper(typname), ',' ORDER BY attnum)
                    FROM pg_attribute a JOIN pg_type y ON y.oid = atttypid
                    WHERE attrelid = t AND attnum > 0 AND NOT attisdropped)
                || ' key ' || coalesce((SELECT string_agg(attname, ',' ORDER BY attnum) FROM pg_index i
                    JOIN pg_attribute a ON a.attrelid = t AND a.attnum = ANY (i.indkey)
                    WHERE i.indrelid = t AND i.indisprimary), '')
            FROM (SELECT 'race.t'::regclass) x(t)""";

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
    void everyRowHasTheSchemaItWasWrittenWith() throws Exception {
        postgres.execute(
                "CREATE SCHEMA race",
                "CREATE TYPE race.mood AS ENUM ('sad')",
                "CREATE TABLE race.t(id int4 NOT NULL, a text, CONSTRAINT k PRIMARY KEY (id))");
        Map<String, String> config = CdcMirror.config(postgres, "race");
        config.put("snapshot.mode", "no_data");
        MemoryOffsets offsets = new MemoryOffsets();
        Map<Integer, String> written = new TreeMap<>();
        List<SourceRecord> records = new ArrayList<>();
        try (TaskRun run = TaskRun.start(config, offsets)) {
            run.take("__millrace-control.race", 2);
            // Beside the stream, then with the stream stopped: the catalog is as far ahead as can be.
            race(written, 1);
            run.take("race.race.t", written.size());
            records.addAll(run.of("race.race.t"));
        }
        race(written, ROWS + 1);
        try (TaskRun run = TaskRun.start(config, offsets)) {
            run.take("race.race.t", written.size() - records.size());
            records.addAll(run.of("race.race.t"));
        }
        Map<Integer, String> read = new TreeMap<>();
        records.forEach(record -> read.put(TaskRun.after(record).getInt32("id"), shape(record)));
        assertThat(records).hasSize(2 * ROWS);
        assertThat(read).isEqualTo(written);
        assertThat(written.values().stream().distinct().count()).isGreaterThan(20);
    }

    /** Rows in one session, DDL in another. */
    private static void race(Map<Integer, String> written, int first) throws Exception {
        Thread ddl = new Thread(() -> ddl(first), "ddl");
        ddl.start();
        try (Connection connection = postgres.connect();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            for (int id = first; id < first + ROWS; id++) {
                statement.execute("LOCK TABLE race.t IN ROW EXCLUSIVE MODE");
                try (ResultSet row = statement.executeQuery(SHAPE)) {
                    row.next();
                    written.put(id, row.getString(1));
                }
                statement.execute("INSERT INTO race.t(id) VALUES (" + id + ")");
                connection.commit();
            }
        } finally {
            ddl.interrupt();
            ddl.join();
        }
    }

    private static void ddl(int seed) {
        Random random = new Random(seed);
        int step = 0;
        while (!Thread.currentThread().isInterrupted()) {
            String column = "c" + seed + "_" + step++;
            List<String> changes = List.of(
                    "ALTER TABLE race.t ADD COLUMN " + column + " int4 NOT NULL DEFAULT 3",
                    "ALTER TABLE race.t ADD COLUMN " + column + " race.mood",
                    "ALTER TYPE race.mood ADD VALUE '" + column + "'",
                    "DO $$ DECLARE c text; BEGIN SELECT attname INTO c FROM pg_attribute WHERE attrelid = 'race.t'::regclass"
                            + " AND attnum > 2 AND NOT attisdropped ORDER BY random() LIMIT 1; IF c IS NOT NULL THEN EXECUTE"
                            + " 'ALTER TABLE race.t DROP COLUMN ' || c; END IF; END $$",
                    "DO $$ DECLARE c text; BEGIN SELECT attname INTO c FROM pg_attribute WHERE attrelid = 'race.t'::regclass"
                            + " AND attnum > 2 AND NOT attisdropped ORDER BY random() LIMIT 1; IF c IS NOT NULL THEN EXECUTE"
                            + " 'ALTER TABLE race.t RENAME COLUMN ' || c || ' TO " + column + "'; END IF; END $$",
                    "ALTER TABLE race.t ALTER a TYPE varchar(20)",
                    "ALTER TABLE race.t ALTER a TYPE text",
                    "ALTER TABLE race.t DROP CONSTRAINT IF EXISTS k",
                    "ALTER TABLE race.t DROP CONSTRAINT IF EXISTS k, ADD CONSTRAINT k PRIMARY KEY (id)");
            try {
                postgres.execute(changes.get(random.nextInt(changes.size())));
            } catch (RuntimeException e) {
                if (!(e.getCause() instanceof SQLException)) {
                    throw e;
                }
            }
        }
    }

    private static String shape(SourceRecord record) {
        Schema row = ((Struct) record.value()).schema().field("after").schema();
        String columns = row.fields().stream()
                .map(field -> field.name() + " " + type(field))
                .collect(Collectors.joining(","));
        String key = record.keySchema() == null
                ? ""
                : record.keySchema().fields().stream().map(Field::name).collect(Collectors.joining(","));
        return columns + " key " + key;
    }

    private static String type(Field field) {
        return String.valueOf(field.schema().parameters().get(TYPE));
    }
}
