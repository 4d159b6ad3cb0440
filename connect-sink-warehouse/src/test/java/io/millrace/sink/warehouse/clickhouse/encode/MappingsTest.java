package io.millrace.sink.warehouse.clickhouse.encode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.sink.SourceTable;
import io.millrace.sink.TypeCases;
import io.millrace.sink.destination.RowBytes;
import io.millrace.sink.destination.SourceColumn;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.apache.kafka.connect.data.Decimal;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.errors.DataException;
import org.junit.jupiter.api.Test;

/** Values to the bytes that ClickHouse itself writes for them ({@code SELECT ... FORMAT RowBinary}). */
class MappingsTest {
    private static final Mappings TYPES = new Mappings(false);

    private static Schema tagged(String tag, int length, int scale, SchemaBuilder schema) {
        return SourceTable.tagged(schema.optional(), tag, length, scale);
    }

    private static String bytes(Mappings types, Schema schema, Object value) {
        RowBytes out = new RowBytes();
        types.of(SourceColumn.of("c", schema)).field().encode(value, out);
        return HexFormat.of().formatHex(out.array(), 0, out.length());
    }

    private static void check(String type, String hex, Schema schema, Object value) {
        assertThat(TYPES.of(SourceColumn.of("c", schema)).type()).isEqualTo(type);
        assertThat(bytes(TYPES, schema, value)).as(type).isEqualTo(hex);
    }

    private static Schema named(SchemaBuilder builder, String name) {
        return builder.name(name).build();
    }

    @Test
    void numbersHaveTheirLeastByteFirst() {
        check("Bool", "01", Schema.BOOLEAN_SCHEMA, true);
        check("Int16", "0080", Schema.INT16_SCHEMA, Short.MIN_VALUE);
        check("Int32", "feffffff", Schema.INT32_SCHEMA, -2);
        check("Int64", "0100000000000000", Schema.INT64_SCHEMA, 1L);
        check("Float32", "0000803f", Schema.FLOAT32_SCHEMA, 1f);
        check("Float64", "000000000000f03f", Schema.FLOAT64_SCHEMA, 1d);
    }

    @Test
    void decimalsAreAsWideAsTheirPrecisionNeeds() {
        BigDecimal number = new BigDecimal("-1.5");
        check("Decimal(9, 2)", "6affffff", tagged("NUMERIC", 9, 2, Decimal.builder(2)), number);
        check("Decimal(18, 2)", "6affffffffffffff", tagged("NUMERIC", 18, 2, Decimal.builder(2)), number);
        check("Decimal(38, 2)", "6a" + "ff".repeat(15), tagged("NUMERIC", 38, 2, Decimal.builder(2)), number);
        check("Decimal(76, 2)", "6a" + "ff".repeat(31), tagged("NUMERIC", 76, 2, Decimal.builder(2)), number);
        check("Decimal(19, 2)", "96" + "00".repeat(15), tagged("MONEY", -1, -1, Decimal.builder(2)), number.negate());
    }

    @Test
    void textsAreBehindTheirLength() {
        check("String", "02c3a9", Schema.STRING_SCHEMA, "é");
        check("String", "00", Schema.STRING_SCHEMA, "");
        check("String", "ac02" + "61".repeat(300), Schema.STRING_SCHEMA, "a".repeat(300));
        check("String", "0300ff41", Schema.BYTES_SCHEMA, new byte[] {0, -1, 65});
        check("String", "0131", tagged("BIT", 1, -1, SchemaBuilder.bool()), true);
        check(
                "UUID",
                "f84e0b9c99bceea0110a38bdb96b6dbb",
                named(SchemaBuilder.string(), "io.debezium.data.Uuid"),
                "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11");
    }

    @Test
    void timesCountFrom1970() {
        check("Date32", "ffffffff", named(SchemaBuilder.int32(), "io.debezium.time.Date"), -1);
        String instant = "DateTime64(6, 'UTC')";
        check(instant, "0100000000000000", named(SchemaBuilder.int64(), "io.debezium.time.MicroTimestamp"), 1L);
        check(instant, "e803000000000000", named(SchemaBuilder.int64(), "io.debezium.time.Timestamp"), 1L);
        Schema zoned = named(SchemaBuilder.string(), "io.debezium.time.ZonedTimestamp");
        check(instant, "0100000000000000", zoned, "1970-01-01T00:00:00.000001Z");
        check("String", text("24:00:00"), named(SchemaBuilder.int64(), "io.debezium.time.MicroTime"), 86_400_000_000L);
        check(
                "String",
                text("10:15:30.123456Z"),
                named(SchemaBuilder.string(), "io.debezium.time.ZonedTime"),
                "10:15:30.123456Z");
    }

    private static String text(String text) {
        return String.format("%02x", text.length())
                + HexFormat.of().formatHex(text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    private static void json(String expected, Schema schema, Object value) {
        check("String", text(expected), schema, value);
    }

    @Test
    void listsMapsAndStructsAreJson() {
        json("[1,null,-3]", SchemaBuilder.array(Schema.OPTIONAL_INT32_SCHEMA).build(), Arrays.asList(1, null, -3));
        json(
                "[\"a\\\"b\",null]",
                SchemaBuilder.array(Schema.OPTIONAL_STRING_SCHEMA).build(),
                Arrays.asList("a\"b", null));
        json("[\"NaN\",0.1]", SchemaBuilder.array(Schema.FLOAT64_SCHEMA).build(), List.of(Double.NaN, 0.1));
        json("[\"\\\\x00ff\"]", SchemaBuilder.array(Schema.BYTES_SCHEMA).build(), List.of(new byte[] {0, -1}));
        json("[1.50]", SchemaBuilder.array(Decimal.schema(2)).build(), List.of(new BigDecimal("1.50")));
        json(
                "[[1],[]]",
                SchemaBuilder.array(SchemaBuilder.array(Schema.INT16_SCHEMA).build())
                        .build(),
                List.of(List.of((short) 1), List.of()));
        Schema dates = SchemaBuilder.array(named(SchemaBuilder.int32(), "io.debezium.time.Date"))
                .build();
        json("[\"0001-12-31 BC\",\"infinity\"]", dates, List.of(-719_163, Integer.MAX_VALUE));
        Schema hstore = SchemaBuilder.map(Schema.STRING_SCHEMA, Schema.OPTIONAL_STRING_SCHEMA)
                .build();
        json("{\"k\":\"v\"}", hstore, java.util.Map.of("k", "v"));
    }

    @Test
    void whatNoTypeHoldsIsRefusedOrText() {
        Mappings asText = new Mappings(true);
        Schema wide = tagged("NUMERIC", -1, -1, TypeCases.variable());
        Object tiny = TypeCases.decimal(wide, "0." + "1".repeat(39));
        refused(wide, tiny, "behind the point");
        refused(wide, TypeCases.decimal(wide, "1" + "0".repeat(38)), "before the point");
        assertThat(bytes(asText, wide, tiny)).isEqualTo(text("0." + "1".repeat(39)));
        assertThat(bytes(asText, wide, TypeCases.decimal(wide, "1.500"))).isEqualTo(text("1.5"));

        Schema date = named(SchemaBuilder.int32(), "io.debezium.time.Date");
        Schema instant = named(SchemaBuilder.int64(), "io.debezium.time.MicroTimestamp");
        Schema zoned = named(SchemaBuilder.string(), "io.debezium.time.ZonedTimestamp");
        refused(date, -25_568, "1900 to 2299");
        refused(date, 120_530, "1900 to 2299");
        refused(date, Integer.MAX_VALUE, "infinite");
        refused(instant, Long.MAX_VALUE, "infinite");
        refused(instant, -2_208_988_800_000_001L, "1900 to 2299");
        refused(zoned, "2300-01-01T00:00:00Z", "1900 to 2299");
        assertThat(bytes(asText, date, -25_568)).isEqualTo(text("1899-12-31"));
        assertThat(bytes(asText, instant, Long.MIN_VALUE)).isEqualTo(text("-infinity"));
        assertThat(bytes(asText, zoned, "-0043-03-15T12:00:00Z")).isEqualTo(text("0044-03-15 12:00:00+00 BC"));
        refused(tagged("NUMERIC", 5, 2, SchemaBuilder.string()), "-Infinity", "NaN");
        refused(named(SchemaBuilder.string(), "io.debezium.data.Uuid"), "not-a-uuid", "UUID");
        refused(named(SchemaBuilder.int64(), "io.debezium.time.NanoTimestamp"), 1L, "finer");
    }

    @Test
    void theLastDaysThatFitAreKept() {
        Schema date = named(SchemaBuilder.int32(), "io.debezium.time.Date");
        Schema instant = named(SchemaBuilder.int64(), "io.debezium.time.MicroTimestamp");
        check("Date32", "219cffff", date, -25_567);
        check("Date32", "d1d60100", date, 120_529);
        check("DateTime64(6, 'UTC')", "006043b7ef26f8ff", instant, -2_208_988_800_000_000L);
        check("DateTime64(6, 'UTC')", "ffbfece449ff2400", instant, 10_413_791_999_999_999L);
    }

    private static void refused(Schema schema, Object value, String message) {
        assertThatThrownBy(() -> bytes(TYPES, schema, value))
                .isInstanceOf(DataException.class)
                .hasMessageContaining(message)
                .message()
                .doesNotContain(String.valueOf(value));
    }

    @Test
    void zerosOfBothSignsAreOneKey() {
        Mapping mapping = TYPES.of(SourceColumn.of("c", Schema.FLOAT64_SCHEMA));
        RowBytes minus = new RowBytes();
        RowBytes plus = new RowBytes();
        mapping.key().encode(-0d, minus);
        mapping.key().encode(0d, plus);
        assertThat(Arrays.copyOf(minus.array(), 8)).isEqualTo(Arrays.copyOf(plus.array(), 8));
    }
}
