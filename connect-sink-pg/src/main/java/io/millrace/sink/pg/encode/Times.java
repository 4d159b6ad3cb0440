package io.millrace.sink.pg.encode;

import io.millrace.sink.value.Instants;

/**
 * Dates and times in Postgres's units: days and microseconds since 2000-01-01, with infinity at the ends. Debezium's
 * encodings of infinity are its values beyond what Postgres can store, so whatever lies there is infinity.
 */
final class Times {
    private static final long EPOCH_MICROS = 946_684_800_000_000L;
    private static final int EPOCH_DAYS = 10_957;
    /** 4714-11-24 BC, the first day that Postgres knows, and its last date, 5874897-12-31. */
    private static final int FIRST_DAY = -2_440_588;

    private static final int LAST_DAY = 2_145_042_905;
    private static final long FIRST_MICROS = -210_866_803_200_000_000L;
    /** What Debezium writes for infinity in microseconds: saturated, or the driver's constant in other units. */
    private static final long INFINITE_MICROS = 9_223_371_331_200_000_000L;

    private static final long END_MILLIS = 9_224_318_016_000_000L;

    private Times() {}

    static int days(long sinceEpoch) {
        if (sinceEpoch < FIRST_DAY) {
            return Integer.MIN_VALUE;
        }
        return sinceEpoch > LAST_DAY ? Integer.MAX_VALUE : (int) (sinceEpoch - EPOCH_DAYS);
    }

    static long fromMicros(long sinceEpoch) {
        if (sinceEpoch < FIRST_MICROS) {
            return Long.MIN_VALUE;
        }
        return sinceEpoch >= INFINITE_MICROS ? Long.MAX_VALUE : sinceEpoch - EPOCH_MICROS;
    }

    static long fromMillis(long sinceEpoch) {
        if (sinceEpoch < FIRST_MICROS / 1000) {
            return Long.MIN_VALUE;
        }
        return sinceEpoch >= END_MILLIS ? Long.MAX_VALUE : sinceEpoch * 1000 - EPOCH_MICROS;
    }

    /** Nanoseconds cannot reach what Postgres cannot hold: only the ends are infinity. */
    static long fromNanos(long sinceEpoch) {
        if (sinceEpoch == Long.MAX_VALUE || sinceEpoch == Long.MIN_VALUE) {
            return sinceEpoch;
        }
        return Instants.exactMicros(sinceEpoch) - EPOCH_MICROS;
    }

    /** An ISO 8601 instant, or infinity. */
    static long instant(String text) {
        long micros = Instants.micros(text);
        boolean infinite = micros == Instants.INFINITY || micros == Instants.MINUS_INFINITY;
        return infinite ? micros : micros - EPOCH_MICROS;
    }
}
