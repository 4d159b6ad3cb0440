package io.millrace.source.codec;

import io.debezium.connector.postgresql.PostgresValueConverter;
import io.debezium.relational.ValueConverter;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;

/**
 * timestamptz as ISO text in UTC, or by Debezium's converter when structured.
 *
 * @param fraction digits of a second's fraction: the column's precision
 */
record ZonedTimestamps(int fraction, @Nullable ValueConverter converter) implements ValueDecoder {
    @Override
    public Object binary(byte[] buffer, int offset, int length) {
        return represent(PostgresTime.timestamp(buffer, offset, length));
    }

    @Override
    public Object text(byte[] buffer, int offset, int length) {
        return represent(DateTimeText.timestamp(buffer, offset, length, true));
    }

    private Object represent(long micros) {
        if (converter != null) {
            return Converted.value(converter, offsetDateTime(micros));
        }
        if (micros == PostgresTime.INFINITY) {
            return PostgresValueConverter.POSITIVE_INFINITY_TIMESTAMP_PG_STRING;
        }
        return micros == PostgresTime.NEGATIVE_INFINITY
                ? PostgresValueConverter.NEGATIVE_INFINITY_TIMESTAMP_PG_STRING
                : IsoText.timestamp(micros, fraction);
    }

    private static OffsetDateTime offsetDateTime(long micros) {
        if (micros == PostgresTime.INFINITY) {
            return PostgresValueConverter.POSITIVE_INFINITY_OFFSET_DATE_TIME;
        }
        return micros == PostgresTime.NEGATIVE_INFINITY
                ? PostgresValueConverter.NEGATIVE_INFINITY_OFFSET_DATE_TIME
                : PostgresTime.instant(micros).atOffset(ZoneOffset.UTC);
    }
}
