package io.millrace.sink.value;

import io.millrace.sink.destination.SourceType;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.errors.DataException;
import org.jspecify.annotations.Nullable;

/**
 * A column of exact numbers, as the source declares it.
 *
 * @param number reads a value of the column; {@link DataException} for NaN, infinity and other text
 * @param precision digits in all, 0 or less when the source does not tell
 * @param scale digits behind the point, negative when the source does not tell
 */
public record ExactNumber(Function<Object, BigDecimal> number, int precision, int scale) {
    private static final int MONEY_PRECISION = 19;

    /** Digits that Postgres lets a type declare. */
    private static final int DECLARABLE = 1000;

    private static final Set<String> EXACT = Set.of("NUMERIC", "DECIMAL", "MONEY");

    /** Null for columns that are no exact numbers. */
    public static @Nullable ExactNumber of(Schema schema, @Nullable SourceType type) {
        boolean exact = type != null && EXACT.contains(type.name());
        if ("org.apache.kafka.connect.data.Decimal".equals(schema.name())) {
            return sized(value -> (BigDecimal) value, schema, type);
        }
        if ("io.debezium.data.VariableScaleDecimal".equals(schema.name())) {
            return sized(Numbers.variableScale(schema), schema, type);
        }
        return exact && schema.type() == Schema.Type.STRING ? sized(ExactNumber::parse, schema, type) : null;
    }

    /** Whether every number of the column has at most so many digits. */
    public boolean fits(int digits) {
        return precision > 0 && Math.max(precision, scale) <= digits;
    }

    /**
     * A number's digits without its point, which a type of so many digits holds exactly.
     *
     * @param type what the target calls it
     * @throws DataException for a number that it does not hold
     */
    public static BigInteger unscaled(BigDecimal value, int precision, int scale, String type) {
        BigDecimal scaled;
        try {
            scaled = value.setScale(scale, RoundingMode.UNNECESSARY);
        } catch (ArithmeticException e) {
            throw new DataException("a number has more digits behind the point than " + remedy(type), e);
        }
        if (scaled.precision() > precision) {
            throw new DataException("a number has more digits before the point than " + remedy(type));
        }
        return scaled.unscaledValue();
    }

    private static String remedy(String type) {
        return type + " holds; unrepresentable=text makes text columns of such numbers, in tables that it creates";
    }

    /** The text of a number, without trailing zeros, so that equal numbers are equal texts. */
    public static String text(BigDecimal value) {
        return value.stripTrailingZeros().toPlainString();
    }

    private static ExactNumber sized(Function<Object, BigDecimal> number, Schema schema, @Nullable SourceType type) {
        int told = type == null ? -1 : type.length();
        int precision = told > 0 ? told : parameter(schema, "connect.decimal.precision");
        int scale = parameter(schema, "scale");
        if (type != null && type.name().equals("MONEY")) {
            precision = MONEY_PRECISION;
        } else if (scale < 0 && precision > 0 && precision <= DECLARABLE && type != null) {
            scale = type.scale();
        }
        if (scale < 0 && precision > 0 && precision <= DECLARABLE) {
            // numeric(3,-2) holds five digits before the point.
            precision -= Math.min(0, type == null ? 0 : type.scale());
            scale = 0;
        }
        return new ExactNumber(number, precision, scale);
    }

    private static BigDecimal parse(Object value) {
        try {
            return new BigDecimal((String) value);
        } catch (NumberFormatException e) {
            // Not the value, which the exception's own message shows.
            throw new DataException("a number is NaN, infinite or malformed, which an exact type does not hold");
        }
    }

    private static int parameter(Schema schema, String name) {
        Map<String, String> parameters = schema.parameters();
        String text = parameters == null ? null : parameters.get(name);
        return text == null ? -1 : Integer.parseInt(text);
    }
}
