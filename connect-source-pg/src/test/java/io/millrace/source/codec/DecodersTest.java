package io.millrace.source.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.debezium.config.CommonConnectorConfig.BinaryHandlingMode;
import io.debezium.data.VariableScaleDecimal;
import io.debezium.jdbc.JdbcValueConverters.DecimalMode;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Bytes as Postgres sends them, and what they become. */
class DecodersTest {
    private static final NumericDecoder FIXED = new NumericDecoder(Schema.BYTES_SCHEMA, DecimalMode.PRECISE, 2);
    private static final NumericDecoder STRING = new NumericDecoder(Schema.STRING_SCHEMA, DecimalMode.STRING, null);

    @Test
    void integersAndFloats() {
        assertThat(Wire.binary(Scalars.BOOL, Wire.hex("01"))).isEqualTo(true);
        assertThat(Wire.binary(Scalars.INT2, Wire.hex("8000"))).isEqualTo(Short.MIN_VALUE);
        assertThat(Wire.binary(Scalars.INT4, Wire.hex("ffffffff"))).isEqualTo(-1);
        assertThat(Wire.binary(Scalars.INT8, Wire.hex("7fffffffffffffff"))).isEqualTo(Long.MAX_VALUE);
        assertThat(Wire.binary(Scalars.OID, Wire.hex("ffffffff"))).isEqualTo(4_294_967_295L);
        assertThat(Wire.binary(Scalars.FLOAT4, Wire.hex("7fc00000"))).isEqualTo(Float.NaN);
        assertThat(Wire.binary(Scalars.FLOAT8, Wire.hex("fff0000000000000"))).isEqualTo(Double.NEGATIVE_INFINITY);
        assertThat(Wire.text(Scalars.INT8, "-9223372036854775808")).isEqualTo(Long.MIN_VALUE);
        assertThat(Wire.text(Scalars.INT2, "-32768")).isEqualTo(Short.MIN_VALUE);
        assertThat(Wire.text(Scalars.FLOAT8, "-Infinity")).isEqualTo(Double.NEGATIVE_INFINITY);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-", "1.5", "9223372036854775808", "-9223372036854775809", "99999999999999999999", "a"})
    void refusesWhatIsNoInteger(String text) {
        assertThatThrownBy(() -> Wire.text(Scalars.INT8, text)).isInstanceOf(Malformed.class);
    }

    @Test
    void integersOutOfRange() {
        assertThatThrownBy(() -> Wire.text(Scalars.INT2, "32768")).isInstanceOf(Malformed.class);
        assertThatThrownBy(() -> Wire.text(Scalars.INT4, "2147483648")).isInstanceOf(Malformed.class);
    }

    @Test
    void numerics() {
        // 12345.67: digits 1 2345 6700, weight 1, scale 2.
        byte[] bytes = Wire.hex("0003 0001 0000 0002 0001 0929 1a2c");
        assertThat(Wire.binary(FIXED, bytes)).isEqualTo(new BigDecimal("12345.67"));
        assertThat(Wire.binary(STRING, bytes)).isEqualTo("12345.67");
        assertThat(Wire.binary(FIXED, Wire.hex("0000 0000 0000 0002"))).isEqualTo(new BigDecimal("0.00"));
        assertThat(Wire.binary(STRING, Wire.hex("0000 0000 c000 0000"))).isEqualTo("NAN");
        assertThat(Wire.binary(STRING, Wire.hex("0000 0000 d000 0000"))).isEqualTo("POSITIVE_INFINITY");
        assertThat(Wire.text(STRING, "-Infinity")).isEqualTo("NEGATIVE_INFINITY");
        assertThat(Wire.binary(
                        new NumericDecoder(Schema.FLOAT64_SCHEMA, DecimalMode.DOUBLE, null),
                        Wire.hex("0000 0000 c000 0000")))
                .isEqualTo(Double.NaN);
    }

    @Test
    void numericsWithTheirOwnScale() {
        Schema schema = VariableScaleDecimal.schema();
        NumericDecoder decoder = new NumericDecoder(schema, DecimalMode.PRECISE, null);
        Struct struct = (Struct) Wire.text(decoder, "1.500");
        assertThat(struct.getInt32("scale")).isEqualTo(1);
        assertThat(struct.getBytes("value")).containsExactly(15);
    }

    @Test
    void refusesSpecialNumbersWhereTheyDoNotFit() {
        assertThatThrownBy(() -> Wire.text(FIXED, "NaN"))
                .isInstanceOf(Malformed.class)
                .hasMessageContaining("decimal.handling.mode");
    }

    @Test
    void uuids() {
        assertThat(Wire.binary(UuidDecoder.INSTANCE, Wire.hex("a0eebc999c0b4ef8bb6d6bb9bd380a11")))
                .isEqualTo("a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11");
    }

    @ParameterizedTest
    @CsvSource({"\\x00ff,00ff", "\\x,''", "a\\\\b\\377,615c62ff", "'',''"})
    void byteaInBothOutputFormats(String text, String hex) {
        BytesDecoder decoder = new BytesDecoder(BinaryHandlingMode.BYTES, true);
        assertThat(Wire.text(decoder, text)).isEqualTo(ByteBuffer.wrap(Wire.hex(hex)));
        assertThat(Wire.binary(decoder, Wire.hex(hex))).isEqualTo(ByteBuffer.wrap(Wire.hex(hex)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"\\x0", "\\xzz", "\\", "\\12", "\\999"})
    void refusesBrokenBytea(String text) {
        assertThatThrownBy(() -> Wire.text(new BytesDecoder(BinaryHandlingMode.BYTES, true), text))
                .isInstanceOf(Malformed.class);
    }

    @Test
    void bits() {
        BitsDecoder decoder = new BitsDecoder(false);
        assertThat(Wire.text(decoder, "100000000001")).isEqualTo(new byte[] {1, 8});
        assertThat(Wire.binary(decoder, Wire.hex("0000000c 8010"))).isEqualTo(new byte[] {1, 8});
        assertThat(Wire.binary(new BitsDecoder(true), Wire.hex("00000001 80"))).isEqualTo(true);
    }

    @Test
    void intervals() {
        Intervals iso = new Intervals(true, null);
        assertThat(Wire.binary(iso, Wire.hex("fffffffffffffff6 ffffffff 0000000e")))
                .isEqualTo("P1Y2M-1DT0H0M-0.00001S");
        assertThat(Wire.text(iso, "1 year 2 mons -1 days -00:00:00.00001")).isEqualTo("P1Y2M-1DT0H0M-0.00001S");
        assertThat(Wire.text(iso, "@ 1 year 2 hours ago")).isEqualTo("P-1Y0M0DT-2H0M0S");
        assertThat(Wire.text(iso, "P1Y2M3DT4H5M6.5S")).isEqualTo("P1Y2M3DT4H5M6.5S");
        assertThat(Wire.binary(iso, Wire.hex("7fffffffffffffff 7fffffff 7fffffff")))
                .isEqualTo("infinity");
        assertThat(Wire.text(iso, "-infinity")).isEqualTo("-infinity");
        assertThat(Wire.text(new Intervals(false, null), "infinity")).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void arrays() {
        ArrayDecoder ints = new ArrayDecoder(Scalars.INT4, ',');
        assertThat(Wire.binary(
                        ints, Wire.hex("00000001 00000001 00000017 00000002 00000001 00000004 00000007 ffffffff")))
                .isEqualTo(Arrays.asList(7, null));
        assertThat(Wire.binary(ints, Wire.hex("00000000 00000000 00000017"))).isEqualTo(List.of());
        assertThat(Wire.text(ints, "[5:6]={7,NULL}")).isEqualTo(Arrays.asList(7, null));
        ArrayDecoder texts = new ArrayDecoder(TextDecoder.PLAIN, ',');
        assertThat(Wire.text(texts, "{\"NULL\",\"a,\\\"b\\\\\",c d}")).isEqualTo(List.of("NULL", "a,\"b\\", "c d"));
        assertThatThrownBy(() -> Wire.text(texts, "{{a},{b}}")).hasMessageContaining("several dimensions");
        byte[] matrix = Wire.hex("00000002 00000000 00000017 00000001 00000001 00000001 00000001 00000004 00000007");
        assertThatThrownBy(() -> Wire.binary(ints, matrix)).hasMessageContaining("several dimensions");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "{1", "{1,", "{1}x", "{,}", "{\"a", "[1:2]", "[1:2]={", "{\\1}"})
    void refusesBrokenArrayLiterals(String text) {
        assertThatThrownBy(() -> Wire.text(new ArrayDecoder(TextDecoder.PLAIN, ','), text))
                .isInstanceOf(Malformed.class);
    }
}
