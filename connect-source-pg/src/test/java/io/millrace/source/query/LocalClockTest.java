package io.millrace.source.query;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LocalClockTest {
    /** On 2025-10-26 01:00 UTC the clocks of Berlin went from 03:00 back to 02:00, on 2025-03-30 from 02:00 to 03:00. */
    @ParameterizedTest
    @CsvSource({
        "2025-10-25T23:59:59Z, 2025-10-26T01:59:59",
        "2025-10-26T00:00:00Z, 2025-10-26T01:59:59.999999",
        "2025-10-26T00:30:00Z, 2025-10-26T01:59:59.999999",
        "2025-10-26T00:59:59Z, 2025-10-26T01:59:59.999999",
        "2025-10-26T01:00:00Z, 2025-10-26T02:00:00",
        "2025-10-26T01:30:00Z, 2025-10-26T02:30:00",
        "2025-10-26T02:30:00Z, 2025-10-26T03:30:00",
        "2025-03-30T00:59:59Z, 2025-03-30T01:59:59",
        "2025-03-30T01:00:00Z, 2025-03-30T03:00:00",
        "2025-07-01T12:00:00Z, 2025-07-01T14:00:00"
    })
    void theHourThatPassesTwiceIsNotSettledBeforeItsSecondPassage(String at, String settled) {
        long micros = ChronoUnit.MICROS.between(Instant.EPOCH, Instant.parse(at));
        long expected = ChronoUnit.MICROS.between(
                Instant.EPOCH, LocalDateTime.parse(settled).toInstant(ZoneOffset.UTC));
        assertThat(LocalClock.settled(ZoneId.of("Europe/Berlin"), micros)).isEqualTo(expected);
    }
}
