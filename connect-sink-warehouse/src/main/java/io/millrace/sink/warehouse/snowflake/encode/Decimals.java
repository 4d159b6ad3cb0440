package io.millrace.sink.warehouse.snowflake.encode;

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
 * Exact numbers: NUMBER of at most 38 digits, 37 of them behind the point, and text or a refusal where that is not enough.
 *
 * @see <a href="https://docs.snowflake.com/en/sql-reference/data-types-numeric">Numeric data types</a>
 */
final class Decimals {
    private static final int MAX_PRECISION = 38;
    private static final int MAX_SCALE = 37;

    /** Digits behind the point of a column whose numbers may have any. */
    private static final int UNTOLD_SCALE = 18;

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
        boolean bounded = exact.fits(MAX_PRECISION) && exact.scale() <= MAX_SCALE;
        if (!bounded && wideAsText) {
            return Mapping.text(
                    Mapping.TEXT, value -> ExactNumber.text(exact.number().apply(value)));
        }
        int digits = bounded ? Math.max(exact.precision(), exact.scale()) : MAX_PRECISION;
        int behind = exact.scale() < 0 ? UNTOLD_SCALE : Math.min(exact.scale(), MAX_SCALE);
        return decimal(exact.number(), digits, behind);
    }

    private static Mapping decimal(Function<Object, BigDecimal> number, int precision, int scale) {
        String type = "NUMBER(" + precision + "," + scale + ")";
        Function<Object, BigDecimal> fitted =
                value -> new BigDecimal(ExactNumber.unscaled(number.apply(value), precision, scale, type), scale);
        FieldEncoder field =
                (value, out) -> out.put(fitted.apply(value).toPlainString().getBytes(StandardCharsets.US_ASCII));
        return Mapping.of(
                type, field, JsonText.quoted(value -> fitted.apply(value).toPlainString()));
    }
}
