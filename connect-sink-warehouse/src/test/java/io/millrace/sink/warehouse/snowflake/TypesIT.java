package io.millrace.sink.warehouse.snowflake;

import static io.millrace.sink.TypeCases.named;
import static io.millrace.sink.TypeCases.variable;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.sink.SourceTable;
import io.millrace.sink.TaskDriver;
import io.millrace.sink.TopicLog;
import io.millrace.sink.TypeCases;
import io.millrace.sink.warehouse.WarehouseSinkTask;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.data.Decimal;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each type's values, at their limits, are in the target in a column of the right type; what is not is refused. */
class TypesIT {
    private final Target target = new Target();
    private final TypeCases cases = new TypeCases();

    @AfterEach
    void close() {
        target.close();
    }

    private static Struct decimal(String number) {
        return TypeCases.decimal(SourceTable.tagged(variable().optional(), "NUMERIC", -1, -1), number);
    }

    @ParameterizedTest
    @ValueSource(strings = {"avro", "sql"})
    void everyTypeArrivesIntact(String mode) {
        numbers();
        times();
        texts();
        nested();
        target.run(cases.log("shop"), "load.mode", mode);
        List<String> types = target.standIn().types("SHOP", "TYPES");
        cases.check(types.subList(1, types.size()).stream().map(Catalog::type).toList(), column -> target.standIn()
                .query("SHOP", "TYPES", " ORDER BY id", Target.PLACE.name(column)));
    }

    private void numbers() {
        cases.add("BOOL", SchemaBuilder::bool, "BOOLEAN", true, "true", false, "false");
        cases.add("INT2", SchemaBuilder::int16, "NUMBER(5,0)", Short.MIN_VALUE, "-32768", Short.MAX_VALUE, "32767");
        cases.add("INT4", SchemaBuilder::int32, "NUMBER(10,0)", Integer.MIN_VALUE, "-2147483648");
        cases.add("INT8", SchemaBuilder::int64, "NUMBER(19,0)", Long.MIN_VALUE, "-9223372036854775808");
        cases.add(
                "FLOAT4", SchemaBuilder::float32, "FLOAT", 0.5f, "0.5", Float.NaN, "nan", 0.1f, "0.10000000149011612");
        cases.add(
                "FLOAT8",
                SchemaBuilder::float64,
                "FLOAT",
                0.1,
                "0.1",
                -0.0,
                "-0.0",
                1e308,
                "1e+308",
                Double.NEGATIVE_INFINITY,
                "-inf");
        cases.add(
                "NUMERIC", 9, 2, () -> Decimal.builder(2), "NUMBER(9,2)", new BigDecimal("-9999999.99"), "-9999999.99");
        cases.add(
                "NUMERIC",
                38,
                10,
                () -> Decimal.builder(10),
                "NUMBER(38,10)",
                new BigDecimal("-9999999999999999999999999999.9999999999"),
                "-9999999999999999999999999999.9999999999");
        cases.add("NUMERIC", TypeCases::variable, "NUMBER(38,18)", decimal("-1.5"), "-1.500000000000000000");
        cases.add("NUMERIC", 5, 2, SchemaBuilder::string, "NUMBER(5,2)", "1.5", "1.50");
        cases.add(
                "MONEY",
                () -> Decimal.builder(2),
                "NUMBER(19,2)",
                new BigDecimal("-92233720368547758.08"),
                "-92233720368547758.08");
        cases.add("BIT", 1, -1, SchemaBuilder::bool, "VARCHAR", true, "1");
        cases.add(
                "BIT",
                12,
                -1,
                () -> SchemaBuilder.bytes().name("io.debezium.data.Bits").parameter("length", "12"),
                "VARCHAR",
                ByteBuffer.wrap(new byte[] {0x34, 0x0a}),
                "101000110100");
    }

    private void times() {
        cases.add(
                "DATE",
                named(SchemaBuilder::int32, "io.debezium.time.Date"),
                "DATE",
                0,
                "1970-01-01",
                -719162,
                "0001-01-01",
                2932896,
                "9999-12-31");
        cases.add(
                "TIME",
                named(SchemaBuilder::int64, "io.debezium.time.MicroTime"),
                "TIME(6)",
                86_399_999_999L,
                "23:59:59.999999",
                0L,
                "00:00:00");
        cases.add(
                "TIMETZ",
                named(SchemaBuilder::string, "io.debezium.time.ZonedTime"),
                "VARCHAR",
                "10:15:30.123456Z",
                "10:15:30.123456Z");
        cases.add(
                "TIMESTAMP",
                named(SchemaBuilder::int64, "io.debezium.time.MicroTimestamp"),
                "TIMESTAMP_NTZ(6)",
                -1L,
                "1969-12-31 23:59:59.999999",
                -62_135_596_800_000_000L,
                "0001-01-01 00:00:00",
                253_402_300_799_999_999L,
                "9999-12-31 23:59:59.999999");
        cases.add(
                "TIMESTAMPTZ",
                named(SchemaBuilder::string, "io.debezium.time.ZonedTimestamp"),
                "TIMESTAMP_TZ(6)",
                "2024-02-29T23:59:59.999999Z",
                "2024-02-29 23:59:59.999999+00");
        cases.add(
                "INTERVAL",
                named(SchemaBuilder::string, "io.debezium.time.Interval"),
                "VARCHAR",
                "P-1Y-2M3DT-4H",
                "P-1Y-2M3DT-4H");
    }

    private void texts() {
        cases.add("TEXT", SchemaBuilder::string, "VARCHAR", "é€𝄞'\"\\\n\t", "é€𝄞'\"\\\n\t", "", "", "\\N", "\\N");
        String json = "{\"a\":1,\"n\":[1.25,-3,18446744073709551615,1.00000000000000000001,true,null]}";
        cases.add(
                "JSONB", named(SchemaBuilder::string, "io.debezium.data.Json"), "VARIANT", json, json, "null", "null");
        String uuid = "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11";
        cases.add("UUID", named(SchemaBuilder::string, "io.debezium.data.Uuid"), "VARCHAR", uuid, uuid);
        cases.add("MOOD", named(SchemaBuilder::string, "io.debezium.data.Enum"), "VARCHAR", "it's ok", "it's ok");
        cases.add("BYTEA", SchemaBuilder::bytes, "BINARY", new byte[] {0, -1, 65}, "\\x00\\xFFA", new byte[0], "");
        cases.add("INT4RANGE", SchemaBuilder::string, "VARCHAR", "[1,5)", "[1,5)");
    }

    private void nested() {
        cases.add(
                "_INT4",
                () -> SchemaBuilder.array(Schema.OPTIONAL_INT32_SCHEMA),
                "ARRAY",
                Arrays.asList(1, null, -3),
                "[1,null,-3]",
                List.of(),
                "[]");
        cases.add(
                "_TEXT",
                () -> SchemaBuilder.array(Schema.OPTIONAL_STRING_SCHEMA),
                "ARRAY",
                Arrays.asList("a,b", "", null, "q\"\\\n𝄞"),
                "[\"a,b\",\"\",null,\"q\\\"\\\\\\u000a𝄞\"]");
        Schema number = Decimal.builder(2).optional().build();
        cases.add(
                "_NUMERIC",
                10,
                2,
                () -> SchemaBuilder.array(number),
                "ARRAY",
                List.of(new BigDecimal("1.50")),
                "[\"1.50\"]");
        cases.add(
                "HSTORE",
                () -> SchemaBuilder.map(Schema.STRING_SCHEMA, Schema.OPTIONAL_STRING_SCHEMA),
                "OBJECT",
                Map.of("k", "v, \"x\""),
                "{\"k\":\"v, \\\"x\\\"\"}");
    }

    @Test
    @Tag("extended")
    void whatSnowflakeCannotHoldIsRefusedByNameOrText() {
        refused("DATE", SchemaBuilder.int32().name("io.debezium.time.Date"), Integer.MAX_VALUE, "infinity");
        refused("DATE", SchemaBuilder.int32().name("io.debezium.time.Date"), -719163, "0001-12-31 BC");
        refused("TIME", SchemaBuilder.int64().name("io.debezium.time.MicroTime"), 86_400_000_000L, "24:00:00");
        refused(
                "TIMESTAMPTZ",
                SchemaBuilder.string().name("io.debezium.time.ZonedTimestamp"),
                "+12345-01-01T00:00:00Z",
                "12345-01-01 00:00:00+00");
        refused(
                "NUMERIC",
                variable(),
                decimal("123456789012345678901234567890123456789"),
                "123456789012345678901234567890123456789");
        refused("TEXT", SchemaBuilder.string(), "x".repeat(16_777_217), null);
    }

    @Test
    @Tag("extended")
    void jsonThatWouldChangeIsRefused() {
        for (String json : List.of(
                "{\"a\":1,\"a\":2}",
                "[123456789012345678901234567890123456789.1]",
                "{not",
                "[1]]",
                "\"\n\"",
                "1e999")) {
            refused("JSON", SchemaBuilder.string().name("io.debezium.data.Json"), json, null);
        }
        refused("NUMERIC", SchemaBuilder.string(), "NaN", null);
    }

    /** {@code text}: what a text column holds; null where that is refused too. */
    private void refused(String tag, SchemaBuilder schema, Object value, @Nullable String text) {
        try (Target own = new Target()) {
            SourceTable table = SourceTable.of("shop", "refused")
                    .key("id", Schema.INT32_SCHEMA)
                    .column(tag, SourceTable.tagged(schema.optional(), tag, -1, -1));
            TopicLog log = new TopicLog()
                    .insert(table, 1, (@Nullable Object) null)
                    .insert(table, 2, value)
                    .insert(table, 3, (@Nullable Object) null);
            TaskDriver task = own.task(log);
            assertThatThrownBy(task::drain)
                    .hasMessageContaining("shop.refused")
                    .hasMessageContaining("offset 1")
                    .hasMessageContaining("\"" + tag + "\"");
            task.kill();
            try (TaskDriver lenient =
                    new TaskDriver(log, new WarehouseSinkTask(), own.config("ledger.id", "lenient"), true).open()) {
                lenient.drain();
                assertThat(lenient.deadLetters()).hasSize(1);
            }
            assertThat(own.rows("refused", "id")).containsExactly("1", "3");
            if (text != null) {
                own.run(log, "unrepresentable", "text", "ledger.id", "text", "table.name.format", "shop.texts");
                assertThat(own.rows("texts", "id", tag)).containsExactly("1|null", "2|" + text, "3|null");
            }
        }
    }
}
