package io.millrace.sink.warehouse.duckdb.encode;

import io.millrace.sink.destination.FieldEncoder;
import io.millrace.sink.destination.RowBytes;
import io.millrace.sink.destination.SourceType;
import io.millrace.sink.value.Numbers;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.errors.DataException;
import org.jspecify.annotations.Nullable;

/** Exact numbers: DECIMAL of at most 38 digits, and text or a refusal where that is not enough. */
final class Decimals {
    static final int MAX_PRECISION = 38;

    /** Digits behind the point of a column whose numbers may have any: as many before it again, and two more. */
    private static final int UNTOLD_SCALE = 18;

    private static final int LONG_PRECISION = 18;
    private static final int MONEY_PRECISION = 19;
    private static final Set<String> EXACT = Set.of("NUMERIC", "DECIMAL", "MONEY");

    private final boolean wideAsText;

    Decimals(boolean wideAsText) {
        this.wideAsText = wideAsText;
    }

    /** Null for columns that are no exact numbers. */
    @Nullable
    Mapping of(Schema schema, @Nullable SourceType type) {
        boolean exact = type != null && EXACT.contains(type.name());
        if ("org.apache.kafka.connect.data.Decimal".equals(schema.name())) {
            return sized(value -> (BigDecimal) value, schema, type);
        }
        if ("io.debezium.data.VariableScaleDecimal".equals(schema.name())) {
            return sized(Numbers.variableScale(schema), schema, type);
        }
        return exact && schema.type() == Schema.Type.STRING ? sized(Decimals::parse, schema, type) : null;
    }

    private Mapping sized(Function<Object, BigDecimal> number, Schema schema, @Nullable SourceType type) {
        int told = type == null ? -1 : type.length();
        int precision = told > 0 ? told : parameter(schema, "connect.decimal.precision");
        int scale = parameter(schema, "scale");
        if (type != null && type.name().equals("MONEY")) {
            precision = MONEY_PRECISION;
        } else if (scale < 0 && precision > 0 && precision <= 1000 && type != null) {
            scale = type.scale();
        }
        if (scale < 0 && precision > 0 && precision <= 1000) {
            // numeric(3,-2) holds five digits before the point.
            precision -= Math.min(0, type == null ? 0 : type.scale());
            scale = 0;
        }
        boolean bounded = precision > 0 && Math.max(precision, scale) <= MAX_PRECISION;
        if (!bounded && wideAsText) {
            return text(number);
        }
        int digits = bounded ? Math.max(precision, scale) : MAX_PRECISION;
        int behind = scale < 0 ? UNTOLD_SCALE : Math.min(scale, MAX_PRECISION);
        return decimal(number, digits, behind);
    }

    private static Mapping decimal(Function<Object, BigDecimal> number, int precision, int scale) {
        FieldEncoder field = (value, out) -> encode(fitted(number.apply(value), precision, scale), precision, out);
        return Mapping.plain("DECIMAL(" + precision + "," + scale + ")", field, JsonText.quoted(value -> new BigDecimal(
                        fitted(number.apply(value), precision, scale), scale)
                .toPlainString()));
    }

    /** Without trailing zeros, so that equal numbers are equal texts. */
    private static Mapping text(Function<Object, BigDecimal> number) {
        Function<Object, String> plain = value -> {
            BigDecimal stripped = number.apply(value).stripTrailingZeros();
            return stripped.toPlainString();
        };
        return Mapping.text(
                Mapping.TEXT,
                (value, out) -> out.put(plain.apply(value).getBytes(StandardCharsets.US_ASCII)),
                JsonText.quoted(plain));
    }

    private static BigInteger fitted(BigDecimal value, int precision, int scale) {
        BigDecimal scaled;
        try {
            scaled = value.setScale(scale, RoundingMode.UNNECESSARY);
        } catch (ArithmeticException e) {
            throw new DataException("a number has more digits behind the point than " + remedy(precision, scale), e);
        }
        if (scaled.precision() > precision) {
            throw new DataException("a number has more digits before the point than " + remedy(precision, scale));
        }
        return scaled.unscaledValue();
    }

    private static String remedy(int precision, int scale) {
        return "DECIMAL(" + precision + "," + scale
                + ") holds; unrepresentable=text makes text columns of such numbers, in tables that it creates";
    }

    private static void encode(BigInteger unscaled, int precision, RowBytes out) {
        if (precision > LONG_PRECISION) {
            out.putLong(unscaled.shiftRight(Long.SIZE).longValue());
        }
        out.putLong(unscaled.longValue());
    }

    private static BigDecimal parse(Object value) {
        try {
            return new BigDecimal((String) value);
        } catch (NumberFormatException e) {
            // Not the value, which the exception's own message shows.
            throw new DataException("a number is NaN, infinite or malformed, which DECIMAL does not hold");
        }
    }

    private static int parameter(Schema schema, String name) {
        Map<String, String> parameters = schema.parameters();
        String text = parameters == null ? null : parameters.get(name);
        return text == null ? -1 : Integer.parseInt(text);
    }
}
