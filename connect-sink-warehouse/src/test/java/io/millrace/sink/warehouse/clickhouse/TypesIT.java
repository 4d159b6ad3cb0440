package io.millrace.sink.warehouse.clickhouse;

import static io.millrace.sink.TypeCases.named;

import io.millrace.sink.SourceTable;
import io.millrace.sink.TypeCases;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.apache.kafka.connect.data.Decimal;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.junit.jupiter.api.Test;

/** Each type's values, at their limits, are in the target in a column of the type that was made for it. */
class TypesIT extends EngineTest {
    private final TypeCases cases = new TypeCases();

    private static String nullable(String type) {
        return "Nullable(" + type + ")";
    }

    @Test
    void everyTypeArrivesIntact() {
        numbers();
        times();
        texts();
        target().run(cases.log("shop"));
        cases.check(
                target().rows(
                                "SELECT type FROM system.columns WHERE database = 'shop' AND table = 'types' AND name NOT IN ('id', '__version', '__is_deleted') ORDER BY position"),
                column -> target().rows("SELECT " + column + " FROM shop.types_current ORDER BY id"));
    }

    private void numbers() {
        cases.add("BOOL", SchemaBuilder::bool, nullable("Bool"), true, "true", false, "false");
        cases.add("INT2", SchemaBuilder::int16, nullable("Int16"), Short.MIN_VALUE, "-32768", Short.MAX_VALUE, "32767");
        cases.add("INT4", SchemaBuilder::int32, nullable("Int32"), Integer.MIN_VALUE, "-2147483648");
        cases.add("INT8", SchemaBuilder::int64, nullable("Int64"), Long.MIN_VALUE, "-9223372036854775808");
        cases.add("FLOAT4", SchemaBuilder::float32, nullable("Float32"), 0.1f, "0.1", Float.NaN, "nan");
        cases.add(
                "FLOAT8",
                SchemaBuilder::float64,
                nullable("Float64"),
                0.1,
                "0.1",
                -0.0,
                "-0",
                Double.NEGATIVE_INFINITY,
                "-inf");
        for (int precision : new int[] {4, 9, 18, 19, 38, 39, 76}) {
            String nines = "9".repeat(precision - 2) + ".99";
            cases.add(
                    "NUMERIC",
                    precision,
                    2,
                    () -> Decimal.builder(2),
                    nullable("Decimal(" + precision + ", 2)"),
                    new BigDecimal(nines),
                    nines,
                    new BigDecimal("-" + nines),
                    "-" + nines,
                    new BigDecimal("-0.01"),
                    "-0.01");
        }
        Schema wide = SourceTable.tagged(TypeCases.variable().optional(), "NUMERIC", -1, -1);
        String edge = "9".repeat(38) + "." + "9".repeat(38);
        cases.add(
                "NUMERIC",
                TypeCases::variable,
                nullable("Decimal(76, 38)"),
                TypeCases.decimal(wide, edge),
                edge,
                TypeCases.decimal(wide, "-" + edge),
                "-" + edge);
    }

    private void times() {
        cases.add(
                "DATE",
                named(SchemaBuilder::int32, "io.debezium.time.Date"),
                nullable("Date32"),
                0,
                "1970-01-01",
                -25_567,
                "1900-01-01",
                120_529,
                "2299-12-31");
        cases.add(
                "TIMESTAMP",
                named(SchemaBuilder::int64, "io.debezium.time.MicroTimestamp"),
                nullable("DateTime64(6, 'UTC')"),
                1L,
                "1970-01-01 00:00:00.000001",
                -2_208_988_800_000_000L,
                "1900-01-01 00:00:00.000000",
                10_413_791_999_999_999L,
                "2299-12-31 23:59:59.999999");
        cases.add(
                "TIMESTAMPTZ",
                named(SchemaBuilder::string, "io.debezium.time.ZonedTimestamp"),
                nullable("DateTime64(6, 'UTC')"),
                "2024-02-29T23:59:59.999999Z",
                "2024-02-29 23:59:59.999999");
        cases.add(
                "TIME",
                named(SchemaBuilder::int64, "io.debezium.time.MicroTime"),
                nullable("String"),
                86_400_000_000L,
                "24:00:00",
                1L,
                "00:00:00.000001");
    }

    private void texts() {
        cases.add("TEXT", SchemaBuilder::string, nullable("String"), "é€𝄞'\"\\\n\t\0", "é€𝄞'\"\\\n\t\0", "", "");
        String json = "{\"a\" : 1,  \"a\":2, \"n\": 1.23456789012345678901234567890}";
        cases.add("JSON", named(SchemaBuilder::string, "io.debezium.data.Json"), nullable("String"), json, json);
        String uuid = "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11";
        cases.add("UUID", named(SchemaBuilder::string, "io.debezium.data.Uuid"), nullable("UUID"), uuid, uuid);
        cases.add(
                "BYTEA",
                SchemaBuilder::bytes,
                nullable("String"),
                "A\0".getBytes(java.nio.charset.StandardCharsets.US_ASCII),
                "A\0",
                ByteBuffer.allocate(0),
                "");
        cases.add(
                "BIT",
                12,
                -1,
                () -> SchemaBuilder.bytes().name("io.debezium.data.Bits").parameter("length", "12"),
                nullable("String"),
                ByteBuffer.wrap(new byte[] {0x34, 0x0a}),
                "101000110100");
        cases.add(
                "_INT4",
                () -> SchemaBuilder.array(Schema.OPTIONAL_INT32_SCHEMA),
                nullable("String"),
                Arrays.asList(1, null, -3),
                "[1,null,-3]",
                List.of(),
                "[]");
    }
}
