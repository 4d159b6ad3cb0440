package io.millrace.source.meter;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

class MetersTest {
    /** Shows what it is told to. */
    private static final class SteppedClock extends Clock {
        private long millis;

        @Override
        public long millis() {
            return millis;
        }

        @Override
        public Instant instant() {
            return Instant.ofEpochMilli(millis);
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }

    @Test
    void aDelayIsNeverNegativeHoweverTheClockJumps() {
        SteppedClock clock = new SteppedClock();
        Meters meters = new Meters(clock);
        clock.millis = 10_000;
        meters.arrived(9_900_000);
        assertThat(meters.delayMillis()).isEqualTo(100);
        clock.millis = 1000;
        meters.arrived(9_950_000);
        assertThat(meters.delayMillis()).isZero();
        clock.millis = 11_000;
        meters.arrived(10_990_000);
        assertThat(meters.delayMillis()).isEqualTo(10);
    }

    @Test
    void countsRowsTheirBytesAndTransactions() {
        Meters meters = new Meters(Clock.systemUTC());
        meters.row(10);
        meters.row(32);
        meters.transaction();
        assertThat(meters.rows()).isEqualTo(2);
        assertThat(meters.bytes()).isEqualTo(42);
        assertThat(meters.transactions()).isEqualTo(1);
    }
}
