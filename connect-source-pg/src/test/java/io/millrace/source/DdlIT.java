package io.millrace.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testing.PostgresServer;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Each kind of DDL with rows before and after it, all of it done before the stream sees any of it. */
class DdlIT {
    private static PostgresServer postgres;

    @BeforeAll
    static void start() {
        postgres = PostgresServer.start();
    }

    @AfterAll
    static void stop() {
        postgres.close();
    }

    /** Makes the table, does the steps while the stream is stopped, and returns what it then brings. */
    private static List<String> after(String name, String table, int records, String... steps) {
        postgres.execute("CREATE SCHEMA " + name, "CREATE TABLE " + name + ".t" + table);
        Map<String, String> config = CdcMirror.config(postgres, name);
        config.put("snapshot.mode", "no_data");
        config.put("tombstones.on.delete", "false");
        MemoryOffsets offsets = new MemoryOffsets();
        try (TaskRun run = TaskRun.start(config, offsets)) {
            run.take("__debezium-heartbeat." + name, 1);
        }
        postgres.execute(steps);
        try (TaskRun run = TaskRun.start(config, offsets)) {
            run.await(records + " rows", all -> all.stream().filter(DdlIT::row).count() >= records);
            return run.matching(DdlIT::row).stream()
                    .map(record -> text(name, record))
                    .toList();
        }
    }

    private static boolean row(SourceRecord record) {
        return !record.topic().startsWith("__");
    }

    private static String text(String name, SourceRecord record) {
        Struct value = (Struct) record.value();
        StringBuilder text = new StringBuilder(record.topic().substring(2 * name.length() + 2))
                .append(' ')
                .append(value.getString("op"));
        Struct row = value.getStruct("after") == null ? value.getStruct("before") : value.getStruct("after");
        for (Field field : Objects.requireNonNull(row).schema().fields()) {
            text.append(' ').append(field.name()).append('=').append(written(row.getWithoutDefault(field.name())));
        }
        if (record.keySchema() != null) {
            text.append(" key");
            record.keySchema().fields().forEach(field -> text.append(' ').append(field.name()));
        }
        return text.toString();
    }

    /** A type that is gone by now comes as the bytes of its text. */
    private static @Nullable Object written(@Nullable Object value) {
        return value instanceof ByteBuffer bytes ? "'" + StandardCharsets.UTF_8.decode(bytes.duplicate()) + "'" : value;
    }

    @Test
    void columnsAddedDroppedRenamedAndRetyped() {
        assertThat(after(
                        "cols",
                        "(id int4 PRIMARY KEY, a int4 NOT NULL, b text)",
                        5,
                        "INSERT INTO cols.t VALUES (1, 1, 'x')",
                        "ALTER TABLE cols.t ADD c int4 NOT NULL DEFAULT 7",
                        "INSERT INTO cols.t VALUES (2, 2, 'y')",
                        "ALTER TABLE cols.t DROP b",
                        "INSERT INTO cols.t VALUES (3, 3, 3)",
                        "ALTER TABLE cols.t RENAME a TO z",
                        "INSERT INTO cols.t VALUES (4, 4, 4)",
                        "ALTER TABLE cols.t ALTER z TYPE text",
                        "INSERT INTO cols.t VALUES (5, 'five', 5)"))
                .containsExactly(
                        "t c id=1 a=1 b=x key id",
                        "t c id=2 a=2 b=y c=7 key id",
                        "t c id=3 a=3 c=3 key id",
                        "t c id=4 z=4 c=4 key id",
                        "t c id=5 z=five c=5 key id");
    }

    @Test
    void nullsOfATimeBeforeNotNull() {
        assertThat(after(
                        "nulls",
                        "(id int4 PRIMARY KEY, a int4)",
                        3,
                        "INSERT INTO nulls.t VALUES (1, NULL)",
                        "UPDATE nulls.t SET a = 2",
                        "ALTER TABLE nulls.t ALTER a SET NOT NULL",
                        "INSERT INTO nulls.t VALUES (3, 3)"))
                .containsExactly("t c id=1 a=null key id", "t u id=1 a=2 key id", "t c id=3 a=3 key id");
    }

    @Test
    void keysAddedAndDropped() {
        assertThat(after(
                        "keyed",
                        "(id int4 NOT NULL, a int4 NOT NULL, CONSTRAINT k PRIMARY KEY (id))",
                        5,
                        "INSERT INTO keyed.t VALUES (1, 1)",
                        "ALTER TABLE keyed.t DROP CONSTRAINT k",
                        "INSERT INTO keyed.t VALUES (2, 2)",
                        "ALTER TABLE keyed.t ADD CONSTRAINT k PRIMARY KEY (a, id)",
                        "INSERT INTO keyed.t VALUES (3, 3)",
                        "UPDATE keyed.t SET a = 4 WHERE id = 3"))
                .containsExactly(
                        "t c id=1 a=1 key id",
                        "t c id=2 a=2",
                        "t c id=3 a=3 key a id",
                        "t d id=3 a=3 key a id",
                        "t c id=3 a=4 key a id");
    }

    @Test
    void enumsThatGainAValueAndTypesThatAreGone() {
        postgres.execute("CREATE TYPE feeling AS ENUM ('sad')");
        assertThat(after(
                        "enums",
                        "(id int4 PRIMARY KEY, m feeling)",
                        3,
                        "INSERT INTO enums.t VALUES (1, 'sad')",
                        "ALTER TYPE feeling ADD VALUE 'glad'",
                        "INSERT INTO enums.t VALUES (2, 'glad')",
                        "ALTER TABLE enums.t ALTER m TYPE text",
                        "DROP TYPE feeling",
                        "INSERT INTO enums.t VALUES (3, 'anything')"))
                .containsExactly("t c id=1 m='sad' key id", "t c id=2 m='glad' key id", "t c id=3 m=anything key id");
    }

    @Test
    void tablesRenamedAndMadeAgain() {
        assertThat(after(
                        "tabs",
                        "(id int4 PRIMARY KEY, a int4 NOT NULL)",
                        4,
                        "INSERT INTO tabs.t VALUES (1, 1)",
                        "ALTER TABLE tabs.t RENAME TO u",
                        "INSERT INTO tabs.u VALUES (2, 2)",
                        "DROP TABLE tabs.u",
                        "CREATE TABLE tabs.t(b text, id int8 PRIMARY KEY)",
                        "ALTER PUBLICATION tabs ADD TABLE tabs.t",
                        "INSERT INTO tabs.t VALUES ('new', 3)",
                        "DELETE FROM tabs.t"))
                .containsExactly(
                        "t c id=1 a=1 key id",
                        "u c id=2 a=2 key id",
                        "t c b=new id=3 key id",
                        "t d b=null id=3 key id");
    }
}
