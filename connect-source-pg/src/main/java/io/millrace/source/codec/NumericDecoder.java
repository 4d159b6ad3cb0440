package io.millrace.source.codec;

import io.debezium.data.SpecialValueDecimal;
import io.debezium.data.VariableScaleDecimal;
import io.debezium.jdbc.JdbcValueConverters.DecimalMode;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.jspecify.annotations.Nullable;

/**
 * numeric by {@code decimal.handling.mode}: an exact decimal (a struct with its own scale when the column has none), a
 * double or a string.
 *
 * @see <a href="https://github.com/postgres/postgres/blob/master/src/backend/utils/adt/numeric.c">numeric_send</a>
 */
final class NumericDecoder implements ValueDecoder {
    static final int HEADER = 8;
    private static final int NEGATIVE = 0x4000;
    static final int NAN = 0xC000;
    static final int INFINITY = 0xD000;
    static final int NEGATIVE_INFINITY = 0xF000;
    private static final int MAXIMAL_SCALE = 0x3FFF;
    private static final int DIGITS_IN_LONG = 4;
    private static final int MOST_LONG_DIGITS = 18;
    private static final BigInteger TEN_TO_16 = BigInteger.valueOf(10_000_000_000_000_000L);
    private static final long[] POWERS = new long[17];

    static {
        POWERS[0] = 1;
        for (int i = 1; i < POWERS.length; i++) {
            POWERS[i] = POWERS[i - 1] * 10;
        }
    }

    private final Schema schema;
    private final DecimalMode mode;
    private final @Nullable Integer scale;
    private final @Nullable Field valueField;
    private final @Nullable Field scaleField;

    /** @param scale the column's scale, null for a numeric without precision, whose values keep theirs */
    NumericDecoder(Schema schema, DecimalMode mode, @Nullable Integer scale) {
        boolean struct = schema.type() == Schema.Type.STRUCT;
        this.schema = schema;
        this.mode = mode;
        this.scale = scale;
        this.valueField = struct ? schema.field(VariableScaleDecimal.VALUE_FIELD) : null;
        this.scaleField = struct ? schema.field(VariableScaleDecimal.SCALE_FIELD) : null;
    }

    @Override
    public Object binary(byte[] buffer, int offset, int length) {
        if (length < HEADER) {
            throw new Malformed("a header of 8 bytes expected");
        }
        int count = BigEndian.int16(buffer, offset);
        int weight = BigEndian.int16(buffer, offset + 2);
        int sign = BigEndian.int16(buffer, offset + 4) & 0xFFFF;
        int displayScale = BigEndian.int16(buffer, offset + 6);
        if (count < 0 || length != HEADER + 2 * count || displayScale < 0 || displayScale > MAXIMAL_SCALE) {
            throw new Malformed("the header does not fit the length");
        }
        return switch (sign) {
            case 0, NEGATIVE ->
                represent(value(buffer, offset + HEADER, count, weight, sign == NEGATIVE, displayScale));
            case NAN -> special(SpecialValueDecimal.NOT_A_NUMBER);
            case INFINITY -> special(SpecialValueDecimal.POSITIVE_INF);
            case NEGATIVE_INFINITY -> special(SpecialValueDecimal.NEGATIVE_INF);
            default -> throw new Malformed("an unknown sign");
        };
    }

    @Override
    public Object text(byte[] buffer, int offset, int length) {
        String text = new String(buffer, offset, length, StandardCharsets.ISO_8859_1);
        return switch (text) {
            case "NaN" -> special(SpecialValueDecimal.NOT_A_NUMBER);
            case "Infinity" -> special(SpecialValueDecimal.POSITIVE_INF);
            case "-Infinity" -> special(SpecialValueDecimal.NEGATIVE_INF);
            default -> represent(new BigDecimal(text));
        };
    }

    /** Digits to the base 10,000, the first with the weight 10,000^weight; trailing zeros beyond the scale are padding. */
    private static BigDecimal value(
            byte[] buffer, int offset, int count, int weight, boolean negative, int displayScale) {
        if (count == 0) {
            return BigDecimal.valueOf(0, displayScale);
        }
        int shift = displayScale - (count - 1 - weight) * 4;
        if (count <= DIGITS_IN_LONG) {
            long value = digits(buffer, offset, count);
            if (shift <= 0 && shift > -17) {
                long unscaled = value / POWERS[-shift];
                return BigDecimal.valueOf(negative ? -unscaled : unscaled, displayScale);
            }
            if (shift > 0 && shift < POWERS.length && value <= Long.MAX_VALUE / POWERS[shift]) {
                long unscaled = value * POWERS[shift];
                return BigDecimal.valueOf(negative ? -unscaled : unscaled, displayScale);
            }
            return scaled(BigInteger.valueOf(negative ? -value : value), shift, displayScale);
        }
        BigInteger value = BigInteger.ZERO;
        int first = count % DIGITS_IN_LONG;
        if (first > 0) {
            value = BigInteger.valueOf(digits(buffer, offset, first));
        }
        for (int i = first; i < count; i += DIGITS_IN_LONG) {
            value = value.multiply(TEN_TO_16).add(BigInteger.valueOf(digits(buffer, offset + 2 * i, DIGITS_IN_LONG)));
        }
        return scaled(negative ? value.negate() : value, shift, displayScale);
    }

    private static long digits(byte[] buffer, int offset, int count) {
        long value = 0;
        for (int i = 0; i < count; i++) {
            int digit = BigEndian.int16(buffer, offset + 2 * i);
            if (digit < 0 || digit > 9999) {
                throw new Malformed("a digit out of range");
            }
            value = value * 10_000 + digit;
        }
        return value;
    }

    private static BigDecimal scaled(BigInteger value, int shift, int displayScale) {
        if (shift == 0) {
            return new BigDecimal(value, displayScale);
        }
        BigInteger factor = BigInteger.TEN.pow(Math.abs(shift));
        return new BigDecimal(shift > 0 ? value.multiply(factor) : value.divide(factor), displayScale);
    }

    private Object represent(BigDecimal read) {
        BigDecimal value = scale == null || scale == read.scale() ? read : read.setScale(scale);
        return switch (mode) {
            case DOUBLE -> value.doubleValue();
            case STRING -> value.toPlainString();
            case PRECISE -> valueField == null ? value : struct(stripped(value));
        };
    }

    private Struct struct(BigDecimal value) {
        return new Struct(schema)
                .put(valueField, value.unscaledValue().toByteArray())
                .put(scaleField, value.scale());
    }

    /** Without trailing zeros behind the point; those before it stay, of which a number can have 131,072. */
    private static BigDecimal stripped(BigDecimal value) {
        if (value.scale() == 0) {
            return value;
        }
        if (value.precision() <= MOST_LONG_DIGITS) {
            BigDecimal stripped = value.stripTrailingZeros();
            return stripped.scale() < 0 ? stripped.setScale(0) : stripped;
        }
        BigInteger unscaled = value.unscaledValue();
        int scale = value.scale();
        while (scale > 0) {
            BigInteger[] division = unscaled.divideAndRemainder(BigInteger.TEN);
            if (division[1].signum() != 0) {
                break;
            }
            unscaled = division[0];
            scale--;
        }
        return new BigDecimal(unscaled, scale);
    }

    private Object special(SpecialValueDecimal value) {
        if (mode == DecimalMode.PRECISE) {
            throw new Malformed("NaN or infinity does not fit an exact decimal; set "
                    + CodecOptions.DECIMAL_HANDLING_MODE + " to string or double");
        }
        return SpecialValueDecimal.fromLogical(value, mode, "");
    }
}
