package io.millrace.source.codec;

import io.debezium.relational.ValueConverter;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** time as milli- or microseconds since midnight, 24:00:00 included, or by Debezium's converter in other modes. */
record Times(boolean millis, @Nullable ValueConverter converter) implements ValueDecoder {
    @Override
    public Object binary(byte[] buffer, int offset, int length) {
        Malformed.length(8, length);
        return represent(BigEndian.int64(buffer, offset));
    }

    @Override
    public Object text(byte[] buffer, int offset, int length) {
        return represent(DateTimeText.time(buffer, offset, length));
    }

    private Object represent(long micros) {
        if (micros < 0 || micros > PostgresTime.MICROS_PER_DAY) {
            throw new Malformed("a time out of range");
        }
        if (converter != null) {
            return Converted.value(converter, Duration.ofNanos(micros * 1000));
        }
        return millis ? (Object) (int) (micros / 1000) : (Object) micros;
    }
}
