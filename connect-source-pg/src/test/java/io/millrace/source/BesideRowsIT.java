package io.millrace.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testing.PostgresServer;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Logical messages and transaction metadata: what the stream carries beside the rows. */
class BesideRowsIT {
    private static PostgresServer postgres;

    @BeforeAll
    static void start() {
        postgres = PostgresServer.start();
    }

    @AfterAll
    static void stop() {
        postgres.close();
    }

    private static Map<String, String> config(String name) {
        postgres.execute("CREATE SCHEMA " + name, "CREATE TABLE " + name + ".t(id int4 PRIMARY KEY)");
        Map<String, String> config = CdcMirror.config(postgres, name);
        config.put("snapshot.mode", "no_data");
        return config;
    }

    @Test
    void messagesOfTheWantedPrefixes() {
        Map<String, String> config = config("msg");
        config.put("message.prefix.include.list", "app.*");
        try (TaskRun run = TaskRun.start(config)) {
            run.take("__millrace-control.msg", 1);
            postgres.execute(
                    "SELECT pg_logical_emit_message(false, 'app one', 'hello')",
                    "SELECT pg_logical_emit_message(true, 'other', 'not wanted')",
                    "BEGIN; INSERT INTO msg.t VALUES (1);"
                            + " SELECT pg_logical_emit_message(true, 'app.two', '\\x00ff'::bytea);"
                            + " INSERT INTO msg.t VALUES (2); COMMIT");
            run.take("msg.msg.t", 2);
            List<SourceRecord> messages = run.take("msg.message", 2);
            assertThat(messages).extracting(BesideRowsIT::text).containsExactly("app one: hello", "app.two: \0\u00ff");
            assertThat(source(messages.get(0)).getInt64("txId")).isNull();
            assertThat(source(messages.get(1)).getInt64("txId"))
                    .isEqualTo(source(run.of("msg.msg.t").get(0)).getInt64("txId"));
        }
    }

    @Test
    void aMessageIsNotRepeatedAfterARestart() {
        Map<String, String> config = config("again");
        MemoryOffsets offsets = new MemoryOffsets();
        try (TaskRun run = TaskRun.start(config, offsets)) {
            run.take("__millrace-control.again", 1);
            postgres.execute("SELECT pg_logical_emit_message(false, 'p', 'first')");
            run.take("again.message", 1);
        }
        postgres.execute("SELECT pg_logical_emit_message(false, 'p', 'second')");
        try (TaskRun run = TaskRun.start(config, offsets)) {
            assertThat(run.take("again.message", 1))
                    .extracting(BesideRowsIT::text)
                    .containsExactly("p: second");
        }
    }

    @Test
    void transactionMetadata() {
        Map<String, String> config = config("txm");
        config.put("provide.transaction.metadata", "true");
        postgres.execute("CREATE TABLE txm.u(id int4 PRIMARY KEY)");
        try (TaskRun run = TaskRun.start(config)) {
            run.take("__millrace-control.txm", 1);
            postgres.execute("BEGIN; INSERT INTO txm.t VALUES (1), (2); INSERT INTO txm.u VALUES (1);"
                    + " UPDATE txm.t SET id = 3 WHERE id = 1; COMMIT");
            List<SourceRecord> marks = run.take("txm.transaction", 2);
            Struct begin = (Struct) marks.get(0).value();
            Struct end = (Struct) marks.get(1).value();
            String id = begin.getString("id").split(":")[0];
            assertThat(begin.getString("status")).isEqualTo("BEGIN");
            assertThat(end.getString("status")).isEqualTo("END");
            assertThat(((Struct) marks.get(0).key()).getString("id")).isEqualTo(begin.getString("id"));
            assertThat(end.getInt64("event_count")).isEqualTo(5);
            assertThat(end.getArray("data_collections").toString())
                    .isEqualTo(
                            "[Struct{data_collection=txm.t,event_count=4}, Struct{data_collection=txm.u,event_count=1}]");
            assertThat(run.of("txm.txm.t"))
                    .extracting(BesideRowsIT::place)
                    .containsExactly(id + " 1 1", id + " 2 2", id + " 4 3", "", id + " 5 4");
            assertThat(run.of("txm.txm.u")).extracting(BesideRowsIT::place).containsExactly(id + " 3 1");
        }
    }

    @Test
    void transactionMetadataGoesOnInTheMiddleOfATransaction() {
        Map<String, String> config = config("half");
        config.put("provide.transaction.metadata", "true");
        MemoryOffsets offsets = new MemoryOffsets();
        List<SourceRecord> all;
        try (TaskRun run = TaskRun.start(config, offsets)) {
            run.take("__millrace-control.half", 1);
            postgres.execute("BEGIN; INSERT INTO half.t VALUES (1), (2); UPDATE half.t SET id = 9 WHERE id = 2;"
                    + " INSERT INTO half.t VALUES (5), (6); COMMIT");
            run.take("half.transaction", 2);
            all = run.of("half.half.t");
        }
        assertThat(all).hasSize(7);
        // As if Connect had stored the changed key's create last: 1, 2, delete, tombstone, create.
        offsets.store(Map.of("server", "half"), cast(all.get(4).sourceOffset()));
        try (TaskRun run = TaskRun.start(config, offsets)) {
            List<SourceRecord> rest = run.take("half.half.t", 2);
            run.take("half.transaction", 1);
            assertThat(rest)
                    .extracting(BesideRowsIT::place)
                    .isEqualTo(
                            all.subList(5, 7).stream().map(BesideRowsIT::place).toList());
            assertThat(rest)
                    .extracting(record -> TaskRun.after(record).getInt32("id"))
                    .containsExactly(5, 6);
            Struct end = (Struct) run.of("half.transaction").get(0).value();
            assertThat(end.getString("status")).isEqualTo("END");
            assertThat(end.getInt64("event_count")).isEqualTo(6);
        }
    }

    @SuppressWarnings("unchecked")
    private static Map<String, ?> cast(Map<?, ?> offset) {
        return (Map<String, ?>) offset;
    }

    private static Struct source(SourceRecord record) {
        return ((Struct) record.value()).getStruct("source");
    }

    private static String place(SourceRecord record) {
        if (record.value() == null) {
            return "";
        }
        Struct place = ((Struct) record.value()).getStruct("transaction");
        return place.getString("id").split(":")[0] + " " + place.getInt64("total_order") + " "
                + place.getInt64("data_collection_order");
    }

    private static String text(SourceRecord record) {
        Struct message = ((Struct) record.value()).getStruct("message");
        ByteBuffer content = (ByteBuffer) message.get("content");
        return message.getString("prefix") + ": " + StandardCharsets.ISO_8859_1.decode(content.duplicate());
    }
}
