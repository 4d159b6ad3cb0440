package io.millrace.sink.warehouse.duckdb;

import static io.millrace.sink.TypeCases.named;
import static io.millrace.sink.TypeCases.variable;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.sink.SourceTable;
import io.millrace.sink.TaskDriver;
import io.millrace.sink.TopicLog;
import io.millrace.sink.TypeCases;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.kafka.connect.data.Decimal;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each type's values, at their limits, are in the target in a column of the native type; what is not is refused. */
class TypesIT {
    @TempDir
    Path folder;

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

    private static Struct decimal(String number) {
        return TypeCases.decimal(SourceTable.tagged(variable().optional(), "NUMERIC", -1, -1), number);
    }

    @Test
    void everyTypeArrivesIntact() {
        numbers();
        times();
        texts();
        nested();
        check();
    }

    private void numbers() {
        add("BOOL", SchemaBuilder::bool, "BOOLEAN", true, "true", false, "false");
        add("INT2", SchemaBuilder::int16, "SMALLINT", Short.MIN_VALUE, "-32768", Short.MAX_VALUE, "32767");
        add("INT4", SchemaBuilder::int32, "INTEGER", Integer.MIN_VALUE, "-2147483648", 2147483647, "2147483647");
        add("INT8", SchemaBuilder::int64, "BIGINT", Long.MIN_VALUE, "-9223372036854775808");
        add("OID", SchemaBuilder::int64, "BIGINT", 4294967295L, "4294967295");
        add("FLOAT4", SchemaBuilder::float32, "FLOAT", 0.1f, "0.1", Float.NaN, "nan", 1e-45f, "1e-45");
        add(
                "FLOAT8",
                SchemaBuilder::float64,
                "DOUBLE",
                0.1,
                "0.1",
                -0.0,
                "-0.0",
                Double.NEGATIVE_INFINITY,
                "-inf",
                1e308,
                "1e+308");
        for (int precision : new int[] {4, 9, 18, 19, 38}) {
            String nines = "9".repeat(precision - 2) + ".99";
            add(
                    "NUMERIC",
                    precision,
                    2,
                    () -> Decimal.builder(2),
                    "DECIMAL(" + precision + ",2)",
                    new BigDecimal(nines),
                    nines,
                    new BigDecimal("-" + nines),
                    "-" + nines,
                    new BigDecimal("-0.01"),
                    "-0.01");
        }
        add("NUMERIC", 3, 5, () -> Decimal.builder(5), "DECIMAL(5,5)", new BigDecimal("0.00123"), ".00123");
        add(
                "NUMERIC",
                TypeCases::variable,
                "DECIMAL(38,18)",
                decimal("-12345678901234567890.123456789012345678"),
                "-12345678901234567890.123456789012345678",
                decimal("1E+3"),
                "1000.000000000000000000");
        add("NUMERIC", 5, 2, SchemaBuilder::string, "DECIMAL(5,2)", "1.5", "1.50");
        add(
                "MONEY",
                () -> Decimal.builder(2),
                "DECIMAL(19,2)",
                new BigDecimal("-92233720368547758.08"),
                "-92233720368547758.08");
        add("BIT", 1, -1, SchemaBuilder::bool, "BIT", true, "1", false, "0");
        add(
                "BIT",
                12,
                -1,
                () -> SchemaBuilder.bytes().name("io.debezium.data.Bits").parameter("length", "12"),
                "BIT",
                ByteBuffer.wrap(new byte[] {0x34, 0x0a}),
                "101000110100");
    }

    private void times() {
        add(
                "DATE",
                named(SchemaBuilder::int32, "io.debezium.time.Date"),
                "DATE",
                0,
                "1970-01-01",
                -2440588,
                "4714-11-24 (BC)",
                2145042905,
                "5874897-12-31",
                Integer.MAX_VALUE,
                "infinity",
                Integer.MIN_VALUE,
                "-infinity");
        add(
                "TIME",
                named(SchemaBuilder::int64, "io.debezium.time.MicroTime"),
                "TIME",
                86_399_999_999L,
                "23:59:59.999999",
                86_400_000_000L,
                "24:00:00");
        add("TIME", 12, 3, named(SchemaBuilder::int32, "io.debezium.time.Time"), "TIME", 1, "00:00:00.001");
        add(
                "TIMETZ",
                named(SchemaBuilder::string, "io.debezium.time.ZonedTime"),
                "TIME WITH TIME ZONE",
                "10:15:30.123456Z",
                "10:15:30.123456+00",
                "24:00:00Z",
                "24:00:00+00",
                "01:02:03+05:30",
                "01:02:03+05:30");
        add(
                "TIMESTAMP",
                named(SchemaBuilder::int64, "io.debezium.time.MicroTimestamp"),
                "TIMESTAMP",
                1L,
                "1970-01-01 00:00:00.000001",
                -210_866_803_200_000_000L,
                "4714-11-24 (BC) 00:00:00",
                Long.MAX_VALUE,
                "infinity",
                Long.MIN_VALUE,
                "-infinity");
        add(
                "TIMESTAMP",
                29,
                3,
                named(SchemaBuilder::int64, "io.debezium.time.Timestamp"),
                "TIMESTAMP",
                -1L,
                "1969-12-31 23:59:59.999",
                9_224_318_016_000_000L,
                "infinity");
        add(
                "TIMESTAMPTZ",
                named(SchemaBuilder::string, "io.debezium.time.ZonedTimestamp"),
                "TIMESTAMP WITH TIME ZONE",
                "2024-02-29T23:59:59.999999Z",
                "2024-02-29 23:59:59.999999+00",
                "-0043-03-15T12:00:00Z",
                "0044-03-15 (BC) 12:00:00+00",
                "+12345-01-01T00:00:00.000001Z",
                "12345-01-01 00:00:00.000001+00",
                "infinity",
                "infinity",
                "-infinity",
                "-infinity");
        add(
                "INTERVAL",
                named(SchemaBuilder::string, "io.debezium.time.Interval"),
                "INTERVAL",
                "P1Y2M3DT4H5M6.789S",
                "1 year 2 months 3 days 04:05:06.789",
                "P-1Y-2M3DT-4H",
                "-1 year -2 months 3 days -04:00:00",
                "P0Y0M0DT0H0M0S",
                "00:00:00");
        add(
                "INTERVAL",
                named(SchemaBuilder::int64, "io.debezium.time.MicroDuration"),
                "INTERVAL",
                -1L,
                "-00:00:00.000001");
    }

    private void texts() {
        add("TEXT", SchemaBuilder::string, "VARCHAR", "é€𝄞'\"\\\n\t", "é€𝄞'\"\\\n\t", "", "");
        add("BPCHAR", 4, -1, SchemaBuilder::string, "VARCHAR", "ab  ", "ab  ");
        String json = "{\"a\" : 1,  \"a\":2, \"n\": 1.23456789012345678901234567890}";
        add("JSON", named(SchemaBuilder::string, "io.debezium.data.Json"), "JSON", json, json, "null", "null");
        add("JSONB", named(SchemaBuilder::string, "io.debezium.data.Json"), "JSON", "[1, 2.50]", "[1, 2.50]");
        add("XML", named(SchemaBuilder::string, "io.debezium.data.Xml"), "VARCHAR", "<a>b</a>", "<a>b</a>");
        String uuid = "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11";
        add("UUID", named(SchemaBuilder::string, "io.debezium.data.Uuid"), "UUID", uuid, uuid);
        add("MOOD", named(SchemaBuilder::string, "io.debezium.data.Enum"), "VARCHAR", "it's ok", "it's ok");
        add(
                "BYTEA",
                SchemaBuilder::bytes,
                "BLOB",
                new byte[] {0, -1, 65},
                "\\x00\\xFFA",
                ByteBuffer.wrap(new byte[0]),
                "");
        for (String tag : List.of("INET", "CIDR", "MACADDR", "INT4RANGE", "TSVECTOR", "PG_LSN", "LTREE", "CITEXT")) {
            add(tag, SchemaBuilder::string, "VARCHAR", "as it is", "as it is");
        }
    }

    private void nested() {
        add(
                "_INT4",
                () -> SchemaBuilder.array(Schema.OPTIONAL_INT32_SCHEMA),
                "INTEGER[]",
                Arrays.asList(1, null, -3),
                "[1, NULL, -3]",
                List.of(),
                "[]");
        add(
                "_TEXT",
                () -> SchemaBuilder.array(Schema.OPTIONAL_STRING_SCHEMA),
                "VARCHAR[]",
                Arrays.asList("a,b", "", "NULL", null, "q\"\\\n𝄞"),
                "['a,b', '', 'NULL', NULL, 'q\"\\\\\n𝄞']");
        elements("_NUMERIC", 10, 2, Decimal.builder(2), "DECIMAL(10,2)[]", new BigDecimal("1.50"), "[1.50]");
        elements("_INT8", SchemaBuilder.int64(), "BIGINT[]", Long.MIN_VALUE, "[-9223372036854775808]");
        elements("_FLOAT8", SchemaBuilder.float64(), "DOUBLE[]", Double.NaN, "[nan]");
        elements("_BOOL", SchemaBuilder.bool(), "BOOLEAN[]", true, "[true]");
        elements("_BYTEA", SchemaBuilder.bytes(), "BLOB[]", new byte[] {0, 92, 65, -1}, "[\\x00\\x5CA\\xFF]");
        elements(
                "_UUID",
                SchemaBuilder.string().name("io.debezium.data.Uuid"),
                "UUID[]",
                "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11",
                "[a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11]");
        elements(
                "_JSONB",
                SchemaBuilder.string().name("io.debezium.data.Json"),
                "JSON[]",
                "{\"a\" :  1}",
                "[{\"a\" :  1}]");
        elements(
                "_DATE", SchemaBuilder.int32().name("io.debezium.time.Date"), "DATE[]", -719163, "['0001-12-31 (BC)']");
        elements(
                "_TIMESTAMP",
                SchemaBuilder.int64().name("io.debezium.time.MicroTimestamp"),
                "TIMESTAMP[]",
                1L,
                "['1970-01-01 00:00:00.000001']");
        elements(
                "_TIMESTAMPTZ",
                SchemaBuilder.string().name("io.debezium.time.ZonedTimestamp"),
                "TIMESTAMP WITH TIME ZONE[]",
                "2024-01-01T00:00:00Z",
                "['2024-01-01 00:00:00+00']");
        elements(
                "_TIME",
                SchemaBuilder.int64().name("io.debezium.time.MicroTime"),
                "TIME[]",
                86_400_000_000L,
                "['24:00:00']");
        elements(
                "_INTERVAL",
                SchemaBuilder.string().name("io.debezium.time.Interval"),
                "INTERVAL[]",
                "P1Y0M1DT1S",
                "['1 year 1 day 00:00:01']");
        add(
                "HSTORE",
                () -> SchemaBuilder.map(Schema.STRING_SCHEMA, Schema.OPTIONAL_STRING_SCHEMA),
                "MAP(VARCHAR, VARCHAR)",
                Map.of("k", "v, \"x\""),
                "{k='v, \"x\"'}",
                Map.of(),
                "{}");
        Supplier<SchemaBuilder> points = () -> SchemaBuilder.struct()
                .name("io.debezium.data.geometry.Point")
                .field("x", Schema.FLOAT64_SCHEMA)
                .field("y", Schema.FLOAT64_SCHEMA)
                .field("wkb", Schema.OPTIONAL_BYTES_SCHEMA)
                .field("srid", Schema.OPTIONAL_INT32_SCHEMA);
        Schema point = SourceTable.tagged(points.get().optional(), "POINT", -1, -1);
        add(
                "POINT",
                points,
                "STRUCT(x DOUBLE, y DOUBLE, wkb BLOB, srid INTEGER)",
                new Struct(point).put("x", 1.5).put("y", -2.0).put("wkb", new byte[] {1}),
                "{'x': 1.5, 'y': -2.0, 'wkb': \\x01, 'srid': NULL}");
        add(
                "VECTOR",
                () -> SchemaBuilder.array(Schema.FLOAT32_SCHEMA).name("io.debezium.data.FloatVector"),
                "FLOAT[]",
                List.of(1f, 0.1f),
                "[1.0, 0.1]");
    }

    private void elements(String tag, SchemaBuilder element, String type, Object value, String text) {
        elements(tag, -1, -1, element, type, value, text);
    }

    private void elements(
            String tag, int length, int scale, SchemaBuilder element, String type, Object value, String text) {
        Schema schema = element.optional().build();
        add(tag, length, scale, () -> SchemaBuilder.array(schema), type, List.of(value), text);
    }

    private void check() {
        Target target = new Target(folder);
        target.run(cases.log("shop"));
        cases.check(
                target.rows(
                        "SELECT data_type FROM duckdb_columns() WHERE table_name = 'types' AND column_name <> 'id' ORDER BY column_index"),
                column -> target.rows("SELECT " + column + "::VARCHAR FROM shop.types ORDER BY id"));
    }

    @ParameterizedTest
    @CsvSource({
        "0.1234567890123456789, behind the point",
        "123456789012345678901, before the point",
    })
    void numbersThatNoDecimalHoldsAreRefusedOrText(String number, String message) {
        SourceTable table = SourceTable.of("shop", "wide")
                .key("id", Schema.INT32_SCHEMA)
                .column("n", SourceTable.tagged(variable().optional(), "NUMERIC", -1, -1));
        TopicLog log = new TopicLog().insert(table, 1, decimal(number));
        Target target = new Target(folder);
        TaskDriver task = target.task(log);
        assertThatThrownBy(task::drain)
                .hasMessageContaining("shop.wide")
                .hasMessageContaining("\"n\"")
                .hasMessageContaining(message)
                .hasMessageContaining("unrepresentable=text")
                .message()
                .doesNotContain(number);
        task.kill();
        target.run(log, "unrepresentable", "text");
        assertThat(target.rows("SELECT n, typeof(n) FROM shop.wide")).containsExactly(number + "|VARCHAR");
    }

    @Test
    void whatDuckDbCannotHoldIsRefusedByName() {
        refused("INTERVAL", SchemaBuilder.string().name("io.debezium.time.Interval"), "infinity", "infinite");
        refused("NUMERIC", SchemaBuilder.string(), "-Infinity", "NaN");
        refused(
                "TIMESTAMPTZ",
                SchemaBuilder.string().name("io.debezium.time.ZonedTimestamp"),
                "+294276-12-31T00:00:00Z",
                "294247");
        refused("JSON", SchemaBuilder.string().name("io.debezium.data.Json"), "{not json", "converted");
        refused("UUID", SchemaBuilder.string().name("io.debezium.data.Uuid"), "not-a-uuid", "UUID");
    }

    private void refused(String tag, SchemaBuilder schema, Object value, String message) {
        SourceTable table = SourceTable.of("shop", "refused")
                .key("id", Schema.INT32_SCHEMA)
                .column(tag, SourceTable.tagged(schema.optional(), tag, -1, -1));
        TopicLog log = new TopicLog()
                .insert(table, 1, (@Nullable Object) null)
                .insert(table, 2, value)
                .insert(table, 3, (@Nullable Object) null);
        Target target = new Target(folder.resolve(tag));
        TaskDriver task = target.task(log);
        assertThatThrownBy(task::drain)
                .hasMessageContaining("shop.refused")
                .hasMessageContaining("offset 1")
                .hasMessageContaining(message)
                .message()
                .doesNotContain(value.toString());
        task.kill();
        try (TaskDriver lenient = target.taskWithDeadLetters(log)) {
            lenient.drain();
            assertThat(lenient.deadLetters()).hasSize(1);
        }
        assertThat(target.rows("SELECT id FROM shop.refused ORDER BY id")).containsExactly("1", "3");
    }
}
