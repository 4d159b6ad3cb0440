package io.millrace.source.codec;

/** Dates and times as Postgres writes them with {@code DateStyle=ISO}, {@code IntervalStyle=postgres}, in UTC. */
enum TimeTexts implements TextForm {
    DATE {
        @Override
        public void append(byte[] buffer, int offset, int length, StringBuilder text) {
            Malformed.length(4, length);
            int days = BigEndian.int32(buffer, offset);
            if (days == Integer.MAX_VALUE || days == Integer.MIN_VALUE) {
                text.append(days > 0 ? INFINITY : NEGATIVE_INFINITY);
                return;
            }
            boolean before = date((long) days + PostgresTime.EPOCH_DAY, text);
            text.append(before ? BEFORE_CHRIST : "");
        }
    },
    TIME {
        @Override
        public void append(byte[] buffer, int offset, int length, StringBuilder text) {
            Malformed.length(8, length);
            time(BigEndian.int64(buffer, offset), text);
        }
    },
    TIMETZ {
        @Override
        public void append(byte[] buffer, int offset, int length, StringBuilder text) {
            Malformed.length(12, length);
            time(BigEndian.int64(buffer, offset), text);
            // On the wire zones count seconds west of Greenwich.
            int zone = -BigEndian.int32(buffer, offset + 8);
            int absolute = Math.abs(zone);
            two(text.append(zone < 0 ? '-' : '+'), absolute / 3600);
            if (absolute % 3600 != 0) {
                two(text.append(':'), absolute / 60 % 60);
            }
            if (absolute % 60 != 0) {
                two(text.append(':'), absolute % 60);
            }
        }
    },
    TIMESTAMP {
        @Override
        public void append(byte[] buffer, int offset, int length, StringBuilder text) {
            timestamp(PostgresTime.timestamp(buffer, offset, length), "", text);
        }
    },
    TIMESTAMPTZ {
        @Override
        public void append(byte[] buffer, int offset, int length, StringBuilder text) {
            timestamp(PostgresTime.timestamp(buffer, offset, length), "+00", text);
        }
    },
    INTERVAL {
        @Override
        public void append(byte[] buffer, int offset, int length, StringBuilder text) {
            Malformed.length(16, length);
            long micros = BigEndian.int64(buffer, offset);
            int days = BigEndian.int32(buffer, offset + 8);
            int months = BigEndian.int32(buffer, offset + 12);
            boolean last = days == Integer.MAX_VALUE && months == Integer.MAX_VALUE && micros == Long.MAX_VALUE;
            boolean first = days == Integer.MIN_VALUE && months == Integer.MIN_VALUE && micros == Long.MIN_VALUE;
            if (last || first) {
                text.append(last ? INFINITY : NEGATIVE_INFINITY);
                return;
            }
            interval(months, days, micros, text);
        }
    };

    private static final String INFINITY = "infinity";
    private static final String NEGATIVE_INFINITY = "-infinity";
    private static final String BEFORE_CHRIST = " BC";
    private static final int MICROS_PER_SECOND = 1_000_000;

    /** Appends the day without its era; true when that is before Christ. */
    private static boolean date(long epochDay, StringBuilder text) {
        long packed = PostgresTime.civil(epochDay);
        int year = PostgresTime.year(packed);
        int shown = year > 0 ? year : 1 - year;
        for (int least = 1000; least > shown; least /= 10) {
            text.append('0');
        }
        two(text.append(shown).append('-'), PostgresTime.month(packed));
        two(text.append('-'), PostgresTime.day(packed));
        return year <= 0;
    }

    private static void timestamp(long micros, String zone, StringBuilder text) {
        if (micros == PostgresTime.INFINITY || micros == PostgresTime.NEGATIVE_INFINITY) {
            text.append(micros > 0 ? INFINITY : NEGATIVE_INFINITY);
            return;
        }
        long day = Math.floorDiv(micros, PostgresTime.MICROS_PER_DAY);
        boolean before = date(day + PostgresTime.EPOCH_DAY, text);
        time(micros - day * PostgresTime.MICROS_PER_DAY, text.append(' '));
        text.append(zone).append(before ? BEFORE_CHRIST : "");
    }

    /** Hours of two digits or more, minutes, seconds, and as much of a fraction as is not zero; of a value above zero. */
    private static void time(long micros, StringBuilder text) {
        if (micros < 0) {
            throw new Malformed("a time out of range");
        }
        long seconds = micros / MICROS_PER_SECOND;
        long hours = seconds / 3600;
        if (hours < 10) {
            text.append('0');
        }
        two(text.append(hours).append(':'), (int) (seconds / 60 % 60));
        two(text.append(':'), (int) (seconds % 60));
        int fraction = (int) (micros % MICROS_PER_SECOND);
        if (fraction != 0) {
            text.append('.');
            for (int unit = MICROS_PER_SECOND / 10; fraction != 0; unit /= 10) {
                text.append((char) ('0' + fraction / unit));
                fraction %= unit;
            }
        }
    }

    private static void interval(int months, int days, long micros, StringBuilder text) {
        int start = text.length();
        boolean negative = unit(months / 12, "year", false, start, text);
        negative = unit(months % 12, "mon", negative, start, text);
        negative = unit(days, "day", negative, start, text);
        if (micros == Long.MIN_VALUE) {
            throw new Malformed("an interval out of range");
        }
        if (micros != 0 || text.length() == start) {
            text.append(text.length() == start ? "" : " ");
            text.append(micros < 0 ? "-" : negative ? "+" : "");
            time(Math.abs(micros), text);
        }
    }

    /** A sign is shown where it changes. Returns whether the next part needs one when it is positive. */
    private static boolean unit(int value, String name, boolean negative, int start, StringBuilder text) {
        if (value == 0) {
            return negative;
        }
        text.append(text.length() == start ? "" : " ").append(negative && value > 0 ? "+" : "");
        text.append(value).append(' ').append(name).append(value == 1 ? "" : "s");
        return value < 0;
    }

    private static void two(StringBuilder text, int value) {
        text.append((char) ('0' + value / 10)).append((char) ('0' + value % 10));
    }
}
