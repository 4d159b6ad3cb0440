package io.millrace.sink.warehouse.clickhouse.encode;

import io.millrace.sink.destination.RowBytes;
import io.millrace.sink.destination.SourceType;
import io.millrace.sink.value.ExactNumber;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.function.Function;
import org.apache.kafka.connect.data.Schema;
import org.jspecify.annotations.Nullable;

/** Exact numbers: Decimal of at most 76 digits, and text or a refusal where that is not enough. */
final class Decimals {
    static final int MAX_PRECISION = 76;

    /** Digits behind the point of a column whose numbers may have any: as many as before it. */
    private static final int UNTOLD_SCALE = 38;

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
        boolean bounded = exact.fits(MAX_PRECISION);
        if (!bounded && wideAsText) {
            return Mapping.text(value -> ExactNumber.text(exact.number().apply(value)));
        }
        int digits = bounded ? Math.max(exact.precision(), exact.scale()) : MAX_PRECISION;
        int behind = exact.scale() < 0 ? UNTOLD_SCALE : Math.min(exact.scale(), MAX_PRECISION);
        return decimal(exact.number(), digits, behind);
    }

    private static Mapping decimal(Function<Object, BigDecimal> number, int precision, int scale) {
        int bytes = bytes(precision);
        String type = "Decimal(" + precision + ", " + scale + ")";
        return Mapping.of(
                type,
                (value, out) -> encode(ExactNumber.unscaled(number.apply(value), precision, scale, type), bytes, out),
                (value, out) -> out.append(number.apply(value).toPlainString()));
    }

    private static int bytes(int precision) {
        if (precision <= 9) {
            return Integer.BYTES;
        }
        if (precision <= 18) {
            return Long.BYTES;
        }
        return precision <= 38 ? 2 * Long.BYTES : 4 * Long.BYTES;
    }

    private static void encode(BigInteger unscaled, int bytes, RowBytes out) {
        if (bytes == Integer.BYTES) {
            RowBinary.int32(unscaled.intValue(), out);
        } else if (bytes == Long.BYTES) {
            RowBinary.int64(unscaled.longValue(), out);
        } else {
            RowBinary.wide(unscaled, bytes, out);
        }
    }
}
