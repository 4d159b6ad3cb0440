package io.millrace.sink.pg;

import static io.millrace.sink.TypeCases.decimal;
import static io.millrace.sink.TypeCases.named;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.sink.SourceTable;
import io.millrace.sink.TaskDriver;
import io.millrace.sink.TopicLog;
import io.millrace.sink.TypeCases;
import io.millrace.testing.PostgresServer;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import org.apache.kafka.connect.data.Decimal;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Each type's values, at their limits, are text-equal in the target, in a column of the source's exact type. */
class TypesIT {
    private static PostgresServer server;

    @BeforeAll
    static void start() {
        server = PostgresServer.start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private final TypeCases cases = new TypeCases();

    private void add(
            String tag,
            int length,
            int scale,
            Supplier<SchemaBuilder> builder,
            String type,
            @Nullable Object... valuesAndTexts) {
        cases.add(tag, length, scale, builder, type, valuesAndTexts);
    }

    private void add(String tag, Supplier<SchemaBuilder> builder, String type, @Nullable Object... valuesAndTexts) {
        cases.add(tag, builder, type, valuesAndTexts);
    }

    @Test
    void everyTypeArrivesIntact() {
        numbers();
        times();
        texts();
        others();
        arrays();
        check(new Target(server));
    }

    private void numbers() {
        add("BOOL", SchemaBuilder::bool, "boolean", true, "true", false, "false");
        add("INT2", SchemaBuilder::int16, "smallint", Short.MIN_VALUE, "-32768", Short.MAX_VALUE, "32767");
        add("INT4", SchemaBuilder::int32, "integer", Integer.MIN_VALUE, "-2147483648", Integer.MAX_VALUE, "2147483647");
        add(
                "INT8",
                SchemaBuilder::int64,
                "bigint",
                Long.MIN_VALUE,
                "-9223372036854775808",
                Long.MAX_VALUE,
                "9223372036854775807");
        add("OID", SchemaBuilder::int64, "oid", 4294967295L, "4294967295");
        add(
                "FLOAT4",
                SchemaBuilder::float32,
                "real",
                0.1f,
                "0.1",
                Float.NaN,
                "NaN",
                Float.NEGATIVE_INFINITY,
                "-Infinity",
                1e-45f,
                "1e-45");
        add(
                "FLOAT8",
                SchemaBuilder::float64,
                "double precision",
                0.1,
                "0.1",
                -0.0,
                "-0",
                Double.POSITIVE_INFINITY,
                "Infinity",
                1e308,
                "1e+308");
        add(
                "NUMERIC",
                10,
                2,
                () -> Decimal.builder(2),
                "numeric(10,2)",
                new BigDecimal("12345678.90"),
                "12345678.90",
                new BigDecimal("-0.01"),
                "-0.01",
                new BigDecimal("0.00"),
                "0.00");
        add(
                "NUMERIC",
                40,
                20,
                () -> Decimal.builder(20),
                "numeric(40,20)",
                new BigDecimal("98765432109876543210.01234567890123456789"),
                "98765432109876543210.01234567890123456789");
        Schema variable = variable();
        add(
                "NUMERIC",
                131089,
                0,
                () -> TypeCases.variable(),
                "numeric",
                decimal(variable, "10000"),
                "10000",
                decimal(variable, "0.00010000"),
                "0.00010000",
                decimal(variable, "-99999999999999999999.5"),
                "-99999999999999999999.5",
                decimal(variable, "1E+20"),
                "100000000000000000000",
                decimal(variable, "0"),
                "0");
        add("NUMERIC", 5, 2, SchemaBuilder::string, "numeric(5,2)", "NaN", "NaN", "1.50", "1.50");
        add("MONEY", () -> Decimal.builder(2), "money", new BigDecimal("1234.50"), "$1,234.50");
        add("BIT", 1, -1, SchemaBuilder::bool, "bit(1)", true, "1", false, "0");
        add(
                "BIT",
                5,
                -1,
                () -> SchemaBuilder.bytes().name("io.debezium.data.Bits").parameter("length", "5"),
                "bit(5)",
                new byte[] {0b01101},
                "01101",
                new byte[] {0b10000},
                "10000");
        add(
                "BIT",
                12,
                -1,
                () -> SchemaBuilder.bytes().name("io.debezium.data.Bits").parameter("length", "12"),
                "bit(12)",
                ByteBuffer.wrap(new byte[] {0x34, 0x0a}),
                "101000110100");
    }

    private void times() {
        add(
                "DATE",
                named(SchemaBuilder::int32, "io.debezium.time.Date"),
                "date",
                0,
                "1970-01-01",
                -719163,
                "0001-12-31 BC",
                -2440588,
                "4714-11-24 BC",
                2145042905,
                "5874897-12-31",
                (int) java.time.LocalDate.parse("+5877611-06-21").toEpochDay(),
                "infinity",
                (int) java.time.LocalDate.parse("-5877611-06-22").toEpochDay(),
                "-infinity");
        add(
                "TIME",
                15,
                6,
                named(SchemaBuilder::int64, "io.debezium.time.MicroTime"),
                "time without time zone",
                86_399_999_999L,
                "23:59:59.999999",
                86_400_000_000L,
                "24:00:00");
        add(
                "TIME",
                12,
                3,
                named(SchemaBuilder::int32, "io.debezium.time.Time"),
                "time(3) without time zone",
                1,
                "00:00:00.001");
        add(
                "TIMETZ",
                21,
                6,
                named(SchemaBuilder::string, "io.debezium.time.ZonedTime"),
                "time with time zone",
                "10:15:30.123456Z",
                "10:15:30.123456+00");
        add(
                "TIMESTAMP",
                29,
                6,
                named(SchemaBuilder::int64, "io.debezium.time.MicroTimestamp"),
                "timestamp without time zone",
                1L,
                "1970-01-01 00:00:00.000001",
                Long.MAX_VALUE,
                "infinity",
                Long.MIN_VALUE,
                "-infinity",
                -210_866_803_200_000_000L,
                "4714-11-24 00:00:00 BC",
                -62_135_596_800_000_001L,
                "0001-12-31 23:59:59.999999 BC");
        add(
                "TIMESTAMP",
                29,
                3,
                named(SchemaBuilder::int64, "io.debezium.time.Timestamp"),
                "timestamp(3) without time zone",
                1_700_000_000_123L,
                "2023-11-14 22:13:20.123",
                9_223_372_036_825_200_000L,
                "infinity",
                -9_223_372_036_832_400_000L,
                "-infinity",
                -1L,
                "1969-12-31 23:59:59.999");
        add(
                "TIMESTAMPTZ",
                35,
                6,
                named(SchemaBuilder::string, "io.debezium.time.ZonedTimestamp"),
                "timestamp with time zone",
                "2024-02-29T23:59:59.999999Z",
                "2024-02-29 23:59:59.999999+00",
                "infinity",
                "infinity",
                "-infinity",
                "-infinity",
                "-0043-03-15T12:00:00Z",
                "0044-03-15 12:00:00+00 BC",
                "+12345-01-01T00:00:00Z",
                "12345-01-01 00:00:00+00",
                "2024-01-01T01:30:00+01:30",
                "2024-01-01 00:00:00+00");
        add(
                "INTERVAL",
                named(SchemaBuilder::string, "io.debezium.time.Interval"),
                "interval",
                "P1Y2M3DT4H5M6.789S",
                "1 year 2 mons 3 days 04:05:06.789",
                "P-1Y-2M3DT-4H",
                "-1 years -2 mons +3 days -04:00:00",
                "P0Y0M0DT0H0M0S",
                "00:00:00");
    }

    private void texts() {
        add("TEXT", SchemaBuilder::string, "text", "é€𝄞'\"\\\n\t", "é€𝄞'\"\\\n\t", "", "");
        add("VARCHAR", 7, -1, SchemaBuilder::string, "character varying(7)", "1234567", "1234567");
        add("BPCHAR", 4, -1, SchemaBuilder::string, "character(4)", "ab  ", "ab  ".strip());
        add(
                "JSON",
                named(SchemaBuilder::string, "io.debezium.data.Json"),
                "json",
                "{\"a\" : 1,  \"a\":2}",
                "{\"a\" : 1,  \"a\":2}");
        add(
                "JSONB",
                named(SchemaBuilder::string, "io.debezium.data.Json"),
                "jsonb",
                "{\"b\":1,\"a\":[1,2.50]}",
                "{\"a\": [1, 2.50], \"b\": 1}");
        add("XML", named(SchemaBuilder::string, "io.debezium.data.Xml"), "xml", "<a>b</a>", "<a>b</a>");
        add(
                "UUID",
                named(SchemaBuilder::string, "io.debezium.data.Uuid"),
                "uuid",
                "A0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11",
                "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11");
        add("MOOD", named(SchemaBuilder::string, "io.debezium.data.Enum"), "mood", "it's ok", "it's ok");
        add("NOT_THERE", named(SchemaBuilder::string, "io.debezium.data.Enum"), "text", "x", "x");
        add("POSITIVE", SchemaBuilder::int32, "positive", 5, "5");
    }

    private void others() {
        add(
                "BYTEA",
                SchemaBuilder::bytes,
                "bytea",
                new byte[] {0, -1, 65},
                "\\x00ff41",
                ByteBuffer.wrap(new byte[0]),
                "\\x");
        add("INET", SchemaBuilder::string, "inet", "10.1.2.3/8", "10.1.2.3/8");
        add("MACADDR", SchemaBuilder::string, "macaddr", "08:00:2b:01:02:03", "08:00:2b:01:02:03");
        add("INT4RANGE", SchemaBuilder::string, "int4range", "[1,5)", "[1,5)");
        add(
                "TSVECTOR",
                named(SchemaBuilder::string, "io.debezium.data.Tsvector"),
                "tsvector",
                "'a':1 'b':2",
                "'a':1 'b':2");
        Supplier<SchemaBuilder> points = () -> SchemaBuilder.struct()
                .name("io.debezium.data.geometry.Point")
                .field("x", Schema.FLOAT64_SCHEMA)
                .field("y", Schema.FLOAT64_SCHEMA);
        Schema point = SourceTable.tagged(points.get().optional(), "POINT", -1, -1);
        add("POINT", points, "point", new Struct(point).put("x", 1.5).put("y", -2.0), "(1.5,-2)");
        add(
                "HSTORE",
                () -> SchemaBuilder.map(Schema.STRING_SCHEMA, Schema.OPTIONAL_STRING_SCHEMA),
                "hstore",
                Map.of("k", "v, \"x\""),
                "\"k\"=>\"v, \\\"x\\\"\"");
        add(
                "HSTORE",
                named(SchemaBuilder::string, "io.debezium.data.Json"),
                "hstore",
                "{\"k\":\"v\",\"n\":null}",
                "\"k\"=>\"v\", \"n\"=>NULL",
                "{}",
                "");
    }

    /** As Debezium writes them: little-endian well-known binary, a ring for box and polygon. */
    private void geometry(String tag, String type, String text, boolean open, double... points) {
        Supplier<SchemaBuilder> builder = () -> SchemaBuilder.struct()
                .name("io.debezium.data.geometry.Geometry")
                .field("wkb", Schema.BYTES_SCHEMA)
                .field("srid", Schema.OPTIONAL_INT32_SCHEMA)
                .field(
                        "extensions",
                        SchemaBuilder.map(Schema.STRING_SCHEMA, Schema.STRING_SCHEMA)
                                .optional()
                                .build());
        boolean ring = tag.equals("BOX") || tag.equals("POLYGON");
        ByteBuffer wkb =
                ByteBuffer.allocate((ring ? 13 : 9) + points.length * 8).order(java.nio.ByteOrder.LITTLE_ENDIAN);
        wkb.put((byte) 1).putInt(ring ? 3 : 2);
        if (ring) {
            wkb.putInt(1);
        }
        wkb.putInt(points.length / 2);
        for (double each : points) {
            wkb.putDouble(each);
        }
        Schema schema = SourceTable.tagged(builder.get().optional(), tag, -1, -1);
        Struct value = new Struct(schema)
                .put("wkb", wkb.flip())
                .put("extensions", Map.of("type", type, "closed", String.valueOf(!open)));
        add(tag, builder, type, value, text);
    }

    private void arrays() {
        add(
                "_INT4",
                () -> SchemaBuilder.array(Schema.OPTIONAL_INT32_SCHEMA),
                "integer[]",
                Arrays.asList(1, null, -3),
                "{1,NULL,-3}",
                List.of(),
                "{}");
        add(
                "_TEXT",
                () -> SchemaBuilder.array(Schema.OPTIONAL_STRING_SCHEMA),
                "text[]",
                Arrays.asList("a,b", "", "NULL", null),
                "{\"a,b\",\"\",\"NULL\",NULL}");
        add(
                "_VARCHAR",
                9,
                -1,
                () -> SchemaBuilder.array(Schema.OPTIONAL_STRING_SCHEMA),
                "character varying(9)[]",
                List.of("abc"),
                "{abc}");
        add(
                "_NUMERIC",
                10,
                2,
                () -> SchemaBuilder.array(Decimal.builder(2).optional().build()),
                "numeric(10,2)[]",
                List.of(new BigDecimal("1.50")),
                "{1.50}");
        add(
                "_UUID",
                () -> SchemaBuilder.array(SchemaBuilder.string()
                        .name("io.debezium.data.Uuid")
                        .optional()
                        .build()),
                "uuid[]",
                List.of("a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"),
                "{a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11}");
        add(
                "_TIMESTAMPTZ",
                35,
                6,
                () -> SchemaBuilder.array(SchemaBuilder.string()
                        .name("io.debezium.time.ZonedTimestamp")
                        .optional()
                        .build()),
                "timestamp with time zone[]",
                List.of("2024-01-01T00:00:00Z"),
                "{\"2024-01-01 00:00:00+00\"}");
        add(
                "_INET",
                () -> SchemaBuilder.array(Schema.OPTIONAL_STRING_SCHEMA),
                "inet[]",
                List.of("10.0.0.1"),
                "{10.0.0.1}");
        add(
                "_MOOD",
                () -> SchemaBuilder.array(SchemaBuilder.string()
                        .name("io.debezium.data.Enum")
                        .optional()
                        .build()),
                "mood[]",
                List.of("it's ok"),
                "{\"it's ok\"}");
        add(
                "_JSONB",
                () -> SchemaBuilder.array(SchemaBuilder.string()
                        .name("io.debezium.data.Json")
                        .optional()
                        .build()),
                "jsonb[]",
                List.of("{\"a\":1}"),
                "{\"{\\\"a\\\": 1}\"}");
        add(
                "_BYTEA",
                () -> SchemaBuilder.array(Schema.OPTIONAL_BYTES_SCHEMA),
                "bytea[]",
                List.of(ByteBuffer.wrap(new byte[] {1})),
                "{\"\\\\x01\"}");
    }

    private void check(Target target) {
        target.execute(
                "CREATE EXTENSION hstore",
                "CREATE TYPE mood AS ENUM ('it''s ok', 'bad')",
                "CREATE DOMAIN positive AS int CHECK (VALUE > 0)");
        try (TaskDriver task = target.task(cases.log("public"))) {
            task.drain();
        }
        List<String> described = target.describe("types").stream()
                .filter(line -> line.endsWith("|f"))
                .map(line -> line.substring(line.indexOf('|') + 1, line.length() - 2))
                .toList();
        cases.check(described, column -> target.rows("SELECT " + column + "::text FROM types ORDER BY id"));
    }

    @Test
    void randomNumericsAreTextEqual() {
        Random random = new Random(7);
        Schema schema = SourceTable.tagged(TypeCases.variable().optional(), "NUMERIC", 131089, 0);
        SourceTable table = SourceTable.of("public", "numbers")
                .key("id", Schema.INT32_SCHEMA)
                .column("n", schema);
        TopicLog log = new TopicLog();
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 3000; i++) {
            BigDecimal number = new BigDecimal(new BigInteger(random.nextInt(150), random), random.nextInt(40));
            number = random.nextBoolean() ? number.negate() : number;
            expected.add(number.toPlainString());
            log.insert(table, i, decimal(schema, number.toPlainString()));
        }
        Target target = new Target(server);
        try (TaskDriver task = target.task(log)) {
            task.drain();
        }
        assertThat(target.rows("SELECT n FROM numbers ORDER BY id")).isEqualTo(expected);
    }

    @Test
    void equalNumericKeysAreOneRow() {
        SourceTable table = SourceTable.of("public", "keys")
                .key("n", SourceTable.tagged(TypeCases.variable(), "NUMERIC", 131089, 0))
                .column("v", Schema.OPTIONAL_STRING_SCHEMA);
        Schema schema = TypeCases.variable().build();
        TopicLog log = new TopicLog()
                .insert(table, decimal(table.rowSchema().field("n").schema(), "1.0"), "a")
                .update(table, decimal(table.rowSchema().field("n").schema(), "1.000"), "b")
                .update(table, decimal(table.rowSchema().field("n").schema(), "1"), "c");
        assertThat(schema.name()).isNotNull();
        Target target = new Target(server);
        try (TaskDriver task = target.task(log)) {
            task.drain();
        }
        assertThat(target.rows("SELECT v FROM keys")).containsExactly("c");
    }

    @Test
    void untaggedColumnsGetTheTypeThatTheRecordsImply() {
        SourceTable table = SourceTable.of("public", "plain")
                .key("id", Schema.INT64_SCHEMA)
                .column("t", Schema.STRING_SCHEMA)
                .column("d", Decimal.builder(3).optional().build())
                .column(
                        "at",
                        org.apache.kafka.connect.data.Timestamp.builder()
                                .optional()
                                .build())
                .column(
                        "on",
                        org.apache.kafka.connect.data.Date.builder().optional().build())
                .column(
                        "z",
                        SchemaBuilder.string()
                                .name("io.debezium.time.ZonedTimestamp")
                                .optional()
                                .build());
        TopicLog log = new TopicLog()
                .flat(
                        table,
                        1L,
                        "x",
                        new BigDecimal("1.500"),
                        new java.util.Date(1),
                        new java.util.Date(0),
                        "2024-01-01T00:00:00Z");
        Target target = new Target(server);
        try (TaskDriver task = target.task(log)) {
            task.drain();
        }
        assertThat(target.rows("SELECT * FROM plain"))
                .containsExactly("1|x|1.500|1970-01-01 00:00:00.001|1970-01-01|2024-01-01 00:00:00+00");
        assertThat(target.describe("plain"))
                .contains(
                        "d|numeric|f", "at|timestamp without time zone|f", "on|date|f", "z|timestamp with time zone|f");
    }

    private static Schema variable() {
        return SourceTable.tagged(TypeCases.variable().optional(), "NUMERIC", 131089, 0);
    }
}
