package io.millrace.sink.warehouse.duckdb.encode;

import io.millrace.sink.destination.FieldEncoder;
import io.millrace.sink.destination.RowBytes;
import io.millrace.sink.destination.SourceType;
import io.millrace.sink.value.ExactNumber;
import io.millrace.sink.value.JsonText;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.function.Function;
import org.apache.kafka.connect.data.Schema;
import org.jspecify.annotations.Nullable;

/** Exact numbers: DECIMAL of at most 38 digits, and text or a refusal where that is not enough. */
final class Decimals {
    static final int MAX_PRECISION = 38;

    /** Digits behind the point of a column whose numbers may have any: as many before it again, and two more. */
    private static final int UNTOLD_SCALE = 18;

    private static final int LONG_PRECISION = 18;

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
            return text(exact.number());
        }
        int digits = bounded ? Math.max(exact.precision(), exact.scale()) : MAX_PRECISION;
        int behind = exact.scale() < 0 ? UNTOLD_SCALE : Math.min(exact.scale(), MAX_PRECISION);
        return decimal(exact.number(), digits, behind);
    }

    private static Mapping decimal(Function<Object, BigDecimal> number, int precision, int scale) {
        String type = "DECIMAL(" + precision + "," + scale + ")";
        Function<Object, BigInteger> unscaled =
                value -> ExactNumber.unscaled(number.apply(value), precision, scale, type);
        FieldEncoder field = (value, out) -> encode(unscaled.apply(value), precision, out);
        return Mapping.plain(
                type, field, JsonText.quoted(value -> new BigDecimal(unscaled.apply(value), scale).toPlainString()));
    }

    private static Mapping text(Function<Object, BigDecimal> number) {
        Function<Object, String> plain = value -> ExactNumber.text(number.apply(value));
        return Mapping.text(
                Mapping.TEXT,
                (value, out) -> out.put(plain.apply(value).getBytes(StandardCharsets.US_ASCII)),
                JsonText.quoted(plain));
    }

    private static void encode(BigInteger unscaled, int precision, RowBytes out) {
        if (precision > LONG_PRECISION) {
            out.putLong(unscaled.shiftRight(Long.SIZE).longValue());
        }
        out.putLong(unscaled.longValue());
    }
}
