package io.millrace.source.codec;

import io.debezium.connector.postgresql.PostgresValueConverter;
import io.debezium.relational.ValueConverter;
import java.time.LocalDate;
import org.jspecify.annotations.Nullable;

/** date as days since 1970, or by Debezium's converter in a mode that represents it in another way. */
record Dates(@Nullable ValueConverter converter) implements ValueDecoder {
    private static final int POSITIVE = (int) PostgresValueConverter.POSITIVE_INFINITY_LOCAL_DATE.toEpochDay();
    private static final int NEGATIVE = (int) PostgresValueConverter.NEGATIVE_INFINITY_LOCAL_DATE.toEpochDay();

    @Override
    public Object binary(byte[] buffer, int offset, int length) {
        Malformed.length(4, length);
        int days = BigEndian.int32(buffer, offset);
        if (days == Integer.MAX_VALUE) {
            return represent(PostgresTime.INFINITY);
        }
        return represent(
                days == Integer.MIN_VALUE ? PostgresTime.NEGATIVE_INFINITY : (long) days + PostgresTime.EPOCH_DAY);
    }

    @Override
    public Object text(byte[] buffer, int offset, int length) {
        return represent(DateTimeText.date(buffer, offset, length));
    }

    private Object represent(long day) {
        if (converter != null) {
            return Converted.value(converter, localDate(day));
        }
        if (day == PostgresTime.INFINITY) {
            return POSITIVE;
        }
        return day == PostgresTime.NEGATIVE_INFINITY ? NEGATIVE : (Object) (int) day;
    }

    private static LocalDate localDate(long day) {
        if (day == PostgresTime.INFINITY) {
            return PostgresValueConverter.POSITIVE_INFINITY_LOCAL_DATE;
        }
        return day == PostgresTime.NEGATIVE_INFINITY
                ? PostgresValueConverter.NEGATIVE_INFINITY_LOCAL_DATE
                : LocalDate.ofEpochDay(day);
    }
}
