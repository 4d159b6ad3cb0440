package io.millrace.source.codec;

import io.debezium.relational.ValueConverter;
import io.debezium.time.MicroDuration;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PGInterval;

/**
 * interval as ISO text ({@code P1Y2M3DT4H5M6.7S}) or as microseconds with a month of 30.4375 days, or by Debezium's
 * converter when structured. The infinite intervals of Postgres 17, which Debezium reads as zero, are the text
 * {@code infinity} and {@code -infinity} or the ends of the range.
 */
record Intervals(boolean iso, @Nullable ValueConverter converter) implements ValueDecoder {
    @Override
    public Object binary(byte[] buffer, int offset, int length) {
        Malformed.length(16, length);
        long micros = BigEndian.int64(buffer, offset);
        int days = BigEndian.int32(buffer, offset + 8);
        int months = BigEndian.int32(buffer, offset + 12);
        if (micros == Long.MAX_VALUE && days == Integer.MAX_VALUE && months == Integer.MAX_VALUE) {
            return infinite(true);
        }
        if (micros == Long.MIN_VALUE && days == Integer.MIN_VALUE && months == Integer.MIN_VALUE) {
            return infinite(false);
        }
        return represent(months, days, micros);
    }

    @Override
    public Object text(byte[] buffer, int offset, int length) {
        return IntervalText.parse(buffer, offset, length, this);
    }

    Object infinite(boolean positive) {
        if (converter != null) {
            throw new Malformed("an infinite interval has no structured form");
        }
        if (iso) {
            return positive ? "infinity" : "-infinity";
        }
        return positive ? Long.MAX_VALUE : Long.MIN_VALUE;
    }

    Object represent(int months, int days, long micros) {
        int years = months / 12;
        int monthsOfYear = months % 12;
        long hours = micros / 3_600_000_000L;
        int minutes = (int) (micros / 60_000_000 % 60);
        int microsOfMinute = (int) (micros % 60_000_000);
        if (iso && converter == null) {
            return isoText(years, monthsOfYear, days, hours, minutes, microsOfMinute);
        }
        if (hours != (int) hours) {
            throw new Malformed("more hours than fit; set " + CodecOptions.INTERVAL_HANDLING_MODE + " to string");
        }
        double seconds = microsOfMinute / 1_000_000 + microsOfMinute % 1_000_000 / 1_000_000.0;
        if (converter != null) {
            return Converted.value(converter, new PGInterval(years, monthsOfYear, days, (int) hours, minutes, seconds));
        }
        return MicroDuration.durationMicros(
                years, monthsOfYear, days, (int) hours, minutes, seconds, MicroDuration.DAYS_PER_MONTH_AVG);
    }

    private static String isoText(int years, int months, int days, long hours, int minutes, int microsOfMinute) {
        StringBuilder text = new StringBuilder(32)
                .append('P')
                .append(years)
                .append('Y')
                .append(months)
                .append('M')
                .append(days)
                .append("DT")
                .append(hours)
                .append('H')
                .append(minutes)
                .append('M');
        int absolute = Math.abs(microsOfMinute);
        if (microsOfMinute < 0) {
            text.append('-');
        }
        text.append(absolute / 1_000_000);
        int fraction = absolute % 1_000_000;
        if (fraction != 0) {
            text.append('.');
            for (int unit = 100_000; fraction != 0; unit /= 10) {
                text.append((char) ('0' + fraction / unit));
                fraction %= unit;
            }
        }
        return text.append('S').toString();
    }
}
