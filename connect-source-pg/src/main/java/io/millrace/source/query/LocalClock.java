package io.millrace.source.query;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.time.zone.ZoneOffsetTransition;

/**
 * A clock on the wall of a time zone, which is put back once a year: an hour comes twice then, and rows written in its
 * second passage have values below those of its first. Pure.
 */
final class LocalClock {
    private static final int HORIZON_HOURS = 48;
    private static final int MOST_TRANSITIONS = 8;

    private LocalClock() {}

    /**
     * The latest local time, in microseconds, that the clock will not show or pass again after an instant: while an hour
     * passes for the first time of two, it is the end of the hour before.
     */
    static long settled(ZoneId zone, long epochMicros) {
        Instant at = Instant.EPOCH.plus(epochMicros, ChronoUnit.MICROS);
        LocalDateTime settled = LocalDateTime.ofInstant(at, zone);
        Instant horizon = at.plus(HORIZON_HOURS, ChronoUnit.HOURS);
        Instant from = at;
        for (int i = 0; i < MOST_TRANSITIONS; i++) {
            ZoneOffsetTransition next = zone.getRules().nextTransition(from);
            if (next == null || next.getInstant().isAfter(horizon)) {
                break;
            }
            LocalDateTime back = next.getDateTimeAfter().minus(1, ChronoUnit.MICROS);
            if (next.isOverlap() && back.isBefore(settled)) {
                settled = back;
            }
            from = next.getInstant();
        }
        return ChronoUnit.MICROS.between(Instant.EPOCH.atOffset(ZoneOffset.UTC).toLocalDateTime(), settled);
    }
}
