package io.millrace.sink.warehouse.bigquery.encode;

import io.millrace.sink.destination.FieldEncoder;
import io.millrace.sink.destination.SourceType;
import io.millrace.sink.value.ExactNumber;
import io.millrace.sink.value.JsonText;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.function.Function;
import org.apache.kafka.connect.data.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Exact numbers: NUMERIC with 29 digits before the point and 9 behind, BIGNUMERIC with 38 of each, and text or a refusal
 * where that is not enough.
 *
 * @see <a href="https://cloud.google.com/bigquery/docs/reference/standard-sql/data-types#decimal_types">Decimal types</a>
 */
final class Decimals {
    private static final int NUMERIC_BEFORE = 29;
    private static final int NUMERIC_BEHIND = 9;
    private static final int MOST = 38;

    private final boolean wideAsText;

    Decimals(boolean wideAsText) {
        this.wideAsText = wideAsText;
    }

    /** Null for columns that are no exact numbers. */
    @Nullable
    Mapping of(Schema schema, @Nullable SourceType type) {
        ExactNumber exact = ExactNumber.of(schema, type);
        if (exact == null) {
            return null;
        }
        Function<Object, BigDecimal> number = exact.number();
        int precision = exact.precision();
        int scale = exact.scale();
        int before = precision - scale;
        if (precision > 0 && scale >= 0 && scale <= NUMERIC_BEHIND && before <= NUMERIC_BEFORE) {
            return decimal(number, "NUMERIC(" + Math.max(precision, scale) + ", " + scale + ")", before, scale);
        }
        if (precision > 0 && scale >= 0 && scale <= MOST && before <= MOST) {
            return decimal(number, "BIGNUMERIC(" + Math.max(precision, scale) + ", " + scale + ")", before, scale);
        }
        if (wideAsText) {
            return Mapping.text(Mapping.STRING, value -> ExactNumber.text(number.apply(value)));
        }
        return decimal(number, "BIGNUMERIC", MOST, scale < 0 ? MOST : Math.min(scale, MOST));
    }

    private static Mapping decimal(Function<Object, BigDecimal> number, String type, int before, int behind) {
        Function<Object, BigDecimal> fitted = value -> fitted(number.apply(value), type, before, behind);
        FieldEncoder field =
                (value, out) -> out.put(fitted.apply(value).toPlainString().getBytes(StandardCharsets.US_ASCII));
        FieldEncoder key =
                (value, out) -> out.put(ExactNumber.text(fitted.apply(value)).getBytes(StandardCharsets.US_ASCII));
        return new Mapping(
                type, field, key, JsonText.quoted(value -> fitted.apply(value).toPlainString()));
    }

    private static BigDecimal fitted(BigDecimal value, String type, int before, int behind) {
        return new BigDecimal(ExactNumber.unscaled(value, before + behind, behind, type), behind);
    }
}
