package io.millrace.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.source.batch.Handoff;
import io.millrace.source.batch.RecordBatches;
import io.millrace.source.catalog.Catalog;
import io.millrace.source.catalog.CatalogTable;
import io.millrace.source.catalog.Database;
import io.millrace.source.catalog.Published;
import io.millrace.source.codec.DecodingException;
import io.millrace.source.codec.TypeCase;
import io.millrace.source.codec.TypeCases;
import io.millrace.source.codec.Values;
import io.millrace.source.position.StreamPosition;
import io.millrace.source.record.ControlRecords;
import io.millrace.source.record.TableSchemas;
import io.millrace.source.snapshot.SnapshotRows;
import io.millrace.source.stream.EarlierEvents;
import io.millrace.source.stream.StreamReader;
import io.millrace.testing.Await;
import io.millrace.testing.PostgresServer;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.postgresql.replication.LogSequenceNumber;

/** Every type by itself and inside others, read by COPY, by a stream with binary values and by one with text. */
class TypesIT {
    private static PostgresServer server;

    @BeforeAll
    static void start() {
        server = PostgresServer.start();
        server.execute(TypeCases.SETUP.toArray(String[]::new));
        // What text would look like under these must not matter.
        server.execute(
                "ALTER SYSTEM SET DateStyle = 'SQL, DMY'",
                "ALTER SYSTEM SET IntervalStyle = 'sql_standard'",
                "ALTER SYSTEM SET bytea_output = 'escape'",
                "ALTER SYSTEM SET TimeZone = 'Europe/Berlin'",
                "ALTER SYSTEM SET extra_float_digits = 0",
                "SELECT pg_reload_conf()",
                // A type without an output function for the binary form.
                "CREATE TYPE mute",
                "CREATE FUNCTION mute_in(cstring) RETURNS mute LANGUAGE internal IMMUTABLE STRICT AS 'textin'",
                "CREATE FUNCTION mute_out(mute) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'textout'",
                "CREATE TYPE mute (INPUT = mute_in, OUTPUT = mute_out, LIKE = text)");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static CdcConfig config(String schema, String slot, String... more) {
        Map<String, String> config = CdcMirror.config(server, slot);
        config.put("topic.prefix", "t");
        config.put("table.include.list", schema + "\\..*");
        config.put("heartbeat.interval.ms", "0");
        for (int i = 0; i < more.length; i += 2) {
            config.put(more[i], more[i + 1]);
        }
        return new CdcConfig(config);
    }

    /** A stream of the schema's tables from a slot, by its records; until it has been closed. */
    private static final class Stream implements AutoCloseable {
        private final Handoff handoff = new Handoff(Long.MAX_VALUE, 1);
        private final StreamReader reader;
        private final Thread thread;

        Stream(String schema, String slot, String... more) throws SQLException {
            CdcConfig config = config(schema, slot, more);
            Database database = config.database();
            String start = server.queryOne(
                    "SELECT confirmed_flush_lsn FROM pg_replication_slots WHERE slot_name = '" + slot + "'");
            reader = new StreamReader(
                    database,
                    config.streamSettings(),
                    CdcReader.schemas(config, database, new Published(Map.of())),
                    StreamPosition.at(LogSequenceNumber.valueOf(start).asLong(), 0),
                    new EarlierEvents(),
                    new Preparation(config, database),
                    new ControlRecords(config.topics()),
                    new RecordBatches(handoff, 1000, Long.MAX_VALUE, false));
            thread = new Thread(this::run, "stream " + slot);
            thread.start();
        }

        private void run() {
            try {
                reader.run();
            } catch (InterruptedException e) {
                // Closed.
                Thread.currentThread().interrupt();
            } catch (SQLException | RuntimeException e) {
                handoff.fail(e instanceof RuntimeException failure ? failure : new IllegalStateException(e));
            }
        }

        List<SourceRecord> records(int count) throws InterruptedException {
            List<SourceRecord> records = new ArrayList<>();
            while (records.size() < count) {
                List<SourceRecord> batch = handoff.poll(30_000);
                assertThat(batch).as("further records after " + records.size()).isNotNull();
                records.addAll(batch);
            }
            return records;
        }

        @Override
        public void close() throws InterruptedException {
            thread.interrupt();
            thread.join();
        }
    }

    private static void slot(String name, String tables) {
        server.execute(
                "CREATE PUBLICATION " + name + " FOR " + tables,
                "SELECT pg_create_logical_replication_slot('" + name + "', 'pgoutput')");
    }

    private static Map<String, Object> after(SourceRecord record) {
        Struct row = ((Struct) record.value()).getStruct("after");
        Map<String, Object> values = new TreeMap<>();
        for (Field field : row.schema().fields()) {
            values.put(field.name(), Values.comparable(row.get(field)));
        }
        return values;
    }

    @Test
    void threeReadingsAgree() throws Exception {
        List<TypeCase> types = TypeCases.all(server.version()).stream()
                .filter(type -> type.isPlain() && !type.isRefused())
                .toList();
        TypeTables tables = new TypeTables("types", types, unsent(types));
        server.execute(tables.create().toArray(String[]::new));
        server.execute("CREATE TABLE types.mutes (id int PRIMARY KEY, v mute[])");
        slot("bin", "TABLE " + String.join(", ", tables.binaryTables()));
        slot("txt", "TABLE types.mutes, " + String.join(", ", tables.inserts().keySet()));
        server.execute("INSERT INTO types.mutes VALUES (1, '{a}')");
        int binaryRows = 0;
        int rows = 0;
        for (Map.Entry<String, List<String>> table : tables.inserts().entrySet()) {
            server.execute(table.getValue().toArray(String[]::new));
            rows += table.getValue().size();
            binaryRows += tables.binaryTables().contains(table.getKey())
                    ? table.getValue().size()
                    : 0;
        }
        Map<String, List<Map<String, Object>>> copied = copied();
        try (Stream binary = new Stream("types", "bin");
                Stream text = new Stream("types", "txt")) {
            Map<String, List<Map<String, Object>>> streamed = byTable(text.records(rows + 1));
            assertThat(streamed.keySet()).isEqualTo(copied.keySet());
            copied.forEach(
                    (table, expected) -> same(table + " in text", streamed.getOrDefault(table, List.of()), expected));
            Map<String, List<Map<String, Object>>> inBinary = byTable(binary.records(binaryRows));
            assertThat(inBinary).hasSameSizeAs(tables.binaryTables());
            inBinary.forEach(
                    (table, actual) -> same(table + " in binary", actual, copied.getOrDefault(table, List.of())));
            assertThat(binary.reader.binary()).isTrue();
            assertThat(text.reader.binary()).isFalse();
        }
    }

    /** Those without a send function of their own, which a binary stream has as text. */
    private static Set<String> unsent(List<TypeCase> types) {
        String names = types.stream().map(TypeCase::declaration).collect(Collectors.joining("|"));
        String found = server.queryOne("SELECT string_agg(name, '|') FROM unnest(string_to_array($names$" + names
                + "$names$, '|')) name WHERE (SELECT typsend = 0 FROM pg_type WHERE oid = to_regtype(name))");
        return Set.of(found.split("\\|"));
    }

    private static void same(String what, List<Map<String, Object>> actual, List<Map<String, Object>> expected) {
        assertThat(actual).as(what).hasSameSizeAs(expected);
        for (int i = 0; i < actual.size(); i++) {
            Map<String, Object> row = expected.get(i);
            List<String> different = new ArrayList<>();
            actual.get(i).forEach((column, value) -> {
                if (!value.equals(row.get(column))) {
                    different.add(column + ": " + value + " but the copy has " + row.get(column));
                }
            });
            assertThat(different).as(what + ", row " + i).isEmpty();
        }
    }

    private static Map<String, List<Map<String, Object>>> copied() throws SQLException, InterruptedException {
        Map<String, List<Map<String, Object>>> rows = new TreeMap<>();
        CdcConfig config = config("types", "copy");
        Database database = config.database();
        TableSchemas schemas = CdcReader.schemas(config, database, new Published(Map.of()));
        try (Connection session = database.connect("copy")) {
            for (CatalogTable table : new Catalog(session).tables(config.filter(), false)) {
                rows.put(
                        "t." + table.id(),
                        SnapshotRows.read(session, table, schemas).stream()
                                .map(TypesIT::after)
                                .toList());
            }
        }
        return rows;
    }

    private static Map<String, List<Map<String, Object>>> byTable(List<SourceRecord> records) {
        Map<String, List<Map<String, Object>>> rows = new TreeMap<>();
        for (SourceRecord record : records) {
            rows.computeIfAbsent(record.topic(), ignored -> new ArrayList<>()).add(after(record));
        }
        return rows;
    }

    /** The publication has a table that is not captured, so nobody has looked at its types; the server fails at its row. */
    @Test
    void aTypeThatCannotBeSentNeverStopsTheSlot() throws Exception {
        server.execute(
                "CREATE SCHEMA quiet",
                "CREATE SCHEMA elsewhere",
                "CREATE TABLE quiet.t (id int PRIMARY KEY, f float8)",
                "CREATE TABLE elsewhere.t (id int PRIMARY KEY, v mute[])");
        slot("quiet", "TABLE quiet.t, elsewhere.t");
        server.execute(
                "INSERT INTO quiet.t VALUES (1, 0.1)",
                "INSERT INTO elsewhere.t VALUES (1, '{a}')",
                "INSERT INTO quiet.t VALUES (2, 0.2)");
        String before = server.queryOne("SELECT pg_current_wal_lsn()");
        try (Stream stream = new Stream("quiet", "quiet")) {
            assertThat(stream.records(2))
                    .map(TypesIT::after)
                    .containsExactly(Map.of("id", 1, "f", 0.1), Map.of("id", 2, "f", 0.2));
            stream.reader.confirm(LogSequenceNumber.valueOf(before).asLong());
            Await.until("the slot has moved", () -> server.queryOne("SELECT (confirmed_flush_lsn >= '" + before
                            + "')::text" + " FROM pg_replication_slots WHERE slot_name = 'quiet'")
                    .equals("true"));
        }
    }

    /** What the stream has of before is read with the catalog of after. */
    @Test
    void aCompositeThatGainsAnAttribute() throws Exception {
        server.execute(
                "CREATE SCHEMA grown",
                "CREATE TYPE grown.part AS (a int)",
                "CREATE TABLE grown.t (id int PRIMARY KEY, v grown.part)");
        slot("grown", "TABLE grown.t");
        server.execute(
                "INSERT INTO grown.t VALUES (1, ROW(1))",
                "ALTER TYPE grown.part ADD ATTRIBUTE b text",
                "INSERT INTO grown.t VALUES (2, ROW(2, 'two'))");
        try (Stream stream = new Stream("grown", "grown")) {
            assertThat(stream.records(2))
                    .map(TypesIT::after)
                    .extracting(row -> row.get("v"))
                    .containsExactly(Values.comparable(bytes("(1)")), Values.comparable(bytes("(2,two)")));
        }
    }

    @Test
    void tensOfMegabytesInOneRow() throws Exception {
        int size = 24_000_000;
        server.execute(
                "CREATE SCHEMA big",
                "CREATE TABLE big.t (id int PRIMARY KEY, t text, b bytea)",
                "ALTER TABLE big.t ALTER t SET STORAGE EXTERNAL, ALTER b SET STORAGE EXTERNAL");
        slot("big", "TABLE big.t");
        server.execute(
                "INSERT INTO big.t VALUES (1, repeat('é', " + size + "), decode(repeat('00ff', " + size + "), 'hex'))");
        try (Stream stream = new Stream("big", "big")) {
            Struct row = ((Struct) stream.records(1).get(0).value()).getStruct("after");
            assertThat(row.getString("t")).hasSize(size).endsWith("é");
            assertThat(row.getBytes("b")).hasSize(2 * size).endsWith(0, 0xff);
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Debezium fails as well: an exact decimal has no such value. With another mode the slot still has the row. */
    @Test
    void whatAnExactDecimalCannotHoldIsRefused() throws Exception {
        server.execute("CREATE SCHEMA odd", "CREATE TABLE odd.prices (id int PRIMARY KEY, price numeric)");
        slot("odd", "TABLE odd.prices");
        server.execute(
                "INSERT INTO odd.prices VALUES (1, 1.5)",
                "INSERT INTO odd.prices VALUES (2, 'NaN')",
                "INSERT INTO odd.prices VALUES (3, 'Infinity')");
        try (Stream stream = new Stream("odd", "odd")) {
            assertThatThrownBy(() -> stream.records(3))
                    .isInstanceOf(DecodingException.class)
                    .hasMessageContainingAll("odd.prices", "price", "decimal.handling.mode", "string or double");
        }
        try (Stream stream = new Stream("odd", "odd", "decimal.handling.mode", "double")) {
            assertThat(stream.records(3))
                    .map(TypesIT::after)
                    .extracting(row -> row.get("price"))
                    .containsExactly(1.5, Double.NaN, Double.POSITIVE_INFINITY);
        }
    }
}
