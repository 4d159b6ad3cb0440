package io.millrace.source.codec;

import io.debezium.connector.postgresql.PostgresValueConverter;
import io.debezium.relational.ValueConverter;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** timestamp as milli- or microseconds since 1970, or by Debezium's converter in other modes. */
record Timestamps(boolean millis, @Nullable ValueConverter converter) implements ValueDecoder {
    private static final long POSITIVE_MILLIS = PostgresValueConverter.POSITIVE_INFINITY_INSTANT.toEpochMilli();
    private static final long NEGATIVE_MILLIS = PostgresValueConverter.NEGATIVE_INFINITY_INSTANT.toEpochMilli();

    @Override
    public Object binary(byte[] buffer, int offset, int length) {
        return represent(PostgresTime.timestamp(buffer, offset, length));
    }

    @Override
    public Object text(byte[] buffer, int offset, int length) {
        return represent(DateTimeText.timestamp(buffer, offset, length, false));
    }

    private Object represent(long micros) {
        if (converter != null) {
            return Converted.value(converter, instant(micros));
        }
        if (!millis) {
            // Debezium's infinities saturate to the same ends.
            boolean infinite = micros == PostgresTime.INFINITY || micros == PostgresTime.NEGATIVE_INFINITY;
            return infinite ? micros : PostgresTime.unixMicros(micros);
        }
        if (micros == PostgresTime.INFINITY) {
            return POSITIVE_MILLIS;
        }
        return micros == PostgresTime.NEGATIVE_INFINITY
                ? NEGATIVE_MILLIS
                : (Object) (Math.floorDiv(micros, 1000L) + PostgresTime.EPOCH_SECOND * 1000);
    }

    private static Instant instant(long micros) {
        if (micros == PostgresTime.INFINITY) {
            return PostgresValueConverter.POSITIVE_INFINITY_INSTANT;
        }
        return micros == PostgresTime.NEGATIVE_INFINITY
                ? PostgresValueConverter.NEGATIVE_INFINITY_INSTANT
                : PostgresTime.instant(micros);
    }
}
