package io.millrace.source.codec;

/** Reads Postgres's ISO text of dates and times: {@code 0044-03-15 12:00:00.5+01:30:15 BC}, {@code infinity}. */
final class DateTimeText {
    private final byte[] buffer;
    private final int end;
    private int position;

    private DateTimeText(byte[] buffer, int offset, int length) {
        this.buffer = buffer;
        this.position = offset;
        this.end = offset + length;
    }

    /** Days since 1970, or {@link PostgresTime#INFINITY} or its negative. */
    static long date(byte[] buffer, int offset, int length) {
        DateTimeText text = new DateTimeText(buffer, offset, length);
        long infinite = text.infinity();
        if (infinite != 0) {
            return infinite;
        }
        int year = text.number();
        long day = text.day(text.era(year));
        text.finish();
        return day;
    }

    /** Microseconds since 2000 in UTC, or the infinities; {@code zoned} text tells its offset from UTC. */
    static long timestamp(byte[] buffer, int offset, int length, boolean zoned) {
        DateTimeText text = new DateTimeText(buffer, offset, length);
        long infinite = text.infinity();
        if (infinite != 0) {
            return infinite;
        }
        int year = text.number();
        long day = text.day(text.era(year));
        text.expect(' ');
        long days = day - PostgresTime.EPOCH_DAY;
        long micros = Math.addExact(Math.multiplyExact(days, PostgresTime.MICROS_PER_DAY), text.timeOfDay());
        if (zoned) {
            micros -= text.zone() * 1_000_000L;
        }
        text.finish();
        return micros;
    }

    /** Microseconds since midnight, up to and including 24:00:00. */
    static long time(byte[] buffer, int offset, int length) {
        DateTimeText text = new DateTimeText(buffer, offset, length);
        long micros = text.timeOfDay();
        text.finish();
        return micros;
    }

    /** Gives {@code decoder} the time of day and the zone in seconds east of UTC. */
    static Object timetz(byte[] buffer, int offset, int length, ZonedTimeFunction function) {
        DateTimeText text = new DateTimeText(buffer, offset, length);
        long micros = text.timeOfDay();
        int zone = text.zone();
        text.finish();
        return function.apply(micros, zone);
    }

    interface ZonedTimeFunction {
        Object apply(long micros, int zoneSeconds);
    }

    private long infinity() {
        if (end - position == 8 && buffer[position] == 'i') {
            return PostgresTime.INFINITY;
        }
        return end - position == 9 && buffer[position + 1] == 'i' ? PostgresTime.NEGATIVE_INFINITY : 0;
    }

    /** Dates before Christ end in {@code BC}; their year 1 is the astronomical year 0. */
    private int era(int year) {
        return end - position > 3 && buffer[end - 1] == 'C' && buffer[end - 2] == 'B' ? 1 - year : year;
    }

    private long day(int year) {
        expect('-');
        int month = number();
        expect('-');
        int day = number();
        if (month < 1 || month > 12 || day < 1 || day > 31) {
            throw new Malformed("a month or day out of range");
        }
        return PostgresTime.epochDay(year, month, day);
    }

    private long timeOfDay() {
        int hours = number();
        expect(':');
        int minutes = number();
        expect(':');
        int seconds = number();
        if (hours > 24 || minutes > 59 || seconds > 60) {
            throw new Malformed("a time out of range");
        }
        long micros = ((hours * 60L + minutes) * 60 + seconds) * 1_000_000;
        if (position < end && buffer[position] == '.') {
            position++;
            int unit = 100_000;
            for (; isDigit(); unit /= 10) {
                micros += (long) (buffer[position++] - '0') * unit;
            }
        }
        return micros;
    }

    private int zone() {
        int sign = position < end && buffer[position] == '-' ? -1 : 1;
        if (position == end || (buffer[position] != '-' && buffer[position] != '+')) {
            throw new Malformed("a time zone expected");
        }
        position++;
        int seconds = number() * 3600;
        if (position < end && buffer[position] == ':') {
            position++;
            seconds += number() * 60;
        }
        if (position < end && buffer[position] == ':') {
            position++;
            seconds += number();
        }
        return sign * seconds;
    }

    private void finish() {
        boolean era = end - position == 3 && buffer[position] == ' ' && buffer[end - 1] == 'C';
        if (position != end && !era) {
            throw new Malformed("unexpected text behind the value; DateStyle must be ISO");
        }
    }

    private boolean isDigit() {
        return position < end && buffer[position] >= '0' && buffer[position] <= '9';
    }

    private int number() {
        int start = position;
        int value = 0;
        while (isDigit() && position - start < 9) {
            value = value * 10 + buffer[position++] - '0';
        }
        if (position == start) {
            throw new Malformed("digits expected; DateStyle must be ISO");
        }
        return value;
    }

    private void expect(char wanted) {
        if (position >= end || buffer[position] != wanted) {
            throw new Malformed("separator expected; DateStyle must be ISO");
        }
        position++;
    }
}
