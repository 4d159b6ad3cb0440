package io.millrace.source.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.math.BigInteger;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WatermarkTypeTest {
    @ParameterizedTest
    @CsvSource({
        "INT2, 32767, 32767, 32767",
        "INT8, -9223372036854775808, -9223372036854775808, -9223372036854775808",
        "TIMESTAMPTZ, 2026-01-31 12:00:00.5+01, 2026-01-31 11:00:00.500000+00, 1769857200500000",
        "TIMESTAMPTZ, 2026-01-31T12:00:00Z, 2026-01-31 12:00:00.000000+00, 1769860800000000",
        "TIMESTAMPTZ, 2026-01-31, 2026-01-31 00:00:00.000000+00, 1769817600000000",
        "TIMESTAMPTZ, 2026-01-31 12:00:00+05:30, 2026-01-31 06:30:00.000000+00, 1769841000000000",
        "TIMESTAMP, 0044-03-15 12:00:00 BC, 0044-03-15 12:00:00.000000 BC, -63517780800000000",
        "TIMESTAMPTZ, 0044-03-15 12:00:00+00 BC, 0044-03-15 12:00:00.000000+00 BC, -63517780800000000",
        "DATE, 1969-12-31, 1969-12-31, -1",
        "DATE, 294276-12-31, 294276-12-31, 106762939",
        "UUID_V7, FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF, ffffffff-ffff-ffff-ffff-ffffffffffff,"
                + " 340282366920938463463374607431768211455"
    })
    void aValueIsItsOrdinalAndBack(WatermarkType type, String text, String written, BigInteger ordinal) {
        assertThat(type.parse(text)).isEqualTo(ordinal);
        assertThat(type.text(ordinal)).isEqualTo(written);
        assertThat(type.parse(written)).isEqualTo(ordinal);
    }

    @ParameterizedTest
    @CsvSource({
        "INT2, ffff, -1",
        "INT4, 7fffffff, 2147483647",
        "INT8, 8000000000000000, -9223372036854775808",
        "TIMESTAMPTZ, 0000000000000000, 946684800000000",
        "TIMESTAMP, ffffffffffffffff, 946684799999999",
        "TIMESTAMP, 7fffffffffffffff,",
        "TIMESTAMPTZ, 8000000000000000,",
        "DATE, ffffd533, 0",
        "DATE, 80000000,",
        "UUID_V7, ffffffffffffffffffffffffffffffff, 340282366920938463463374607431768211455"
    })
    void aValueInBinaryFormIsTheSameOrdinal(WatermarkType type, String hex, @Nullable BigInteger ordinal) {
        assertThat(type.ofBinary(HexFormat.of().parseHex(hex))).isEqualTo(ordinal);
    }

    @ParameterizedTest
    @CsvSource({
        "INT2, 32768",
        "INT4, 1e3",
        "INT8, ''",
        "TIMESTAMP, 2026-01-31 12:00:00+00",
        "TIMESTAMP, 2026-02-30",
        "TIMESTAMPTZ, now()",
        "TIMESTAMPTZ, '2026-01-01''; DROP TABLE t; --'",
        "DATE, 2026-01-31 12:00:00",
        "UUID_V7, x"
    })
    void whatIsNoValueIsRefused(WatermarkType type, String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> type.parse(text));
    }

    @ParameterizedTest
    @CsvSource({
        "0, 5, age(xmin) BETWEEN 0 AND age('0'::xid)",
        "4294967299, 4294967399, age(xmin) BETWEEN 0 AND age('3'::xid)",
        "4294967290, 4294967399, age(xmin) BETWEEN 0 AND age('4294967290'::xid)",
        "100, 2200000000, ''"
    })
    void xidsAreComparedAcrossTheTurnOfTheirCounter(long xid, long now, String condition) {
        assertThat(Xids.since(xid, now)).isEqualTo(condition);
    }
}
