package io.millrace.source.codec;

import io.debezium.connector.postgresql.PostgresTimeBoundary;

/** timetz as ISO text in UTC. */
enum ZonedTimes implements ValueDecoder {
    INSTANCE;

    @Override
    public Object binary(byte[] buffer, int offset, int length) {
        Malformed.length(12, length);
        // On the wire zones count seconds west of Greenwich.
        return represent(BigEndian.int64(buffer, offset), -BigEndian.int32(buffer, offset + 8));
    }

    @Override
    public Object text(byte[] buffer, int offset, int length) {
        return DateTimeText.timetz(buffer, offset, length, ZonedTimes::represent);
    }

    private static Object represent(long micros, int zoneSeconds) {
        if (micros < 0 || micros > PostgresTime.MICROS_PER_DAY) {
            throw new Malformed("a time out of range");
        }
        if (micros == PostgresTime.MICROS_PER_DAY && zoneSeconds == 0) {
            return PostgresTimeBoundary.TIME_WITH_TIMEZONE_BOUNDARY_AT_UTC;
        }
        return IsoText.time(Math.floorMod(micros - zoneSeconds * 1_000_000L, PostgresTime.MICROS_PER_DAY));
    }
}
