package io.millrace.sink.pg.encode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Random;
import org.apache.kafka.connect.errors.DataException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TimesTest {
    private static final long EPOCH = Instant.parse("2000-01-01T00:00:00Z").getEpochSecond() * 1_000_000;

    @Test
    void parsesWhatJavaWrites() {
        Random random = new Random(5);
        for (int i = 0; i < 20_000; i++) {
            long micros = random.nextLong(-200_000_000_000_000_000L, 9_000_000_000_000_000_000L);
            micros = i % 2 == 0 ? micros : micros / 5000;
            Instant instant =
                    Instant.ofEpochSecond(Math.floorDiv(micros, 1_000_000L), Math.floorMod(micros, 1_000_000L) * 1000);
            ZoneOffset offset = ZoneOffset.ofTotalSeconds(random.nextInt(-18 * 3600, 18 * 3600));
            OffsetDateTime time = instant.atOffset(i % 3 == 0 ? offset : ZoneOffset.UTC);
            assertThat(Times.instant(time.toString())).as(time.toString()).isEqualTo(micros - EPOCH);
        }
    }

    @Test
    void datesBeyondPostgresAreInfinite() {
        assertThat(Times.days(LocalDate.parse("+5874897-12-31").toEpochDay())).isEqualTo(2145042905 - 10957);
        assertThat(Times.days(LocalDate.parse("+5877611-06-21").toEpochDay())).isEqualTo(Integer.MAX_VALUE);
        assertThat(Times.days(LocalDate.parse("-4713-11-24").toEpochDay())).isEqualTo(-2440588 - 10957);
        assertThat(Times.days(LocalDate.parse("-5877611-06-22").toEpochDay())).isEqualTo(Integer.MIN_VALUE);
    }

    @Test
    void nothingFinerThanMicrosecondsIsCut() {
        assertThat(Times.fromNanos(-1_000L)).isEqualTo(-1 - EPOCH);
        assertThat(Times.fromNanos(Long.MAX_VALUE)).isEqualTo(Long.MAX_VALUE);
        assertThat(Times.instant("2000-01-01T00:00:00.123456000Z")).isEqualTo(123_456);
        assertThatThrownBy(() -> Times.fromNanos(1_001L))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("finer");
        assertThatThrownBy(() -> Times.instant("2000-01-01T00:00:00.1234567Z"))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("finer");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "2024",
                "2024-01-01",
                "2024-01-01T00:00:00",
                "2024-13-01T00:00:00Z",
                "2024-01-01 00:00:00Z",
                "2024-01-01T00:00:00Zx",
                "x024-01-01T00:00:00Z",
                "2024-01-01T00:00:00+",
                "99999999999-01-01T00:00:00Z"
            })
    void refusesWhatIsNoInstant(String text) {
        assertThatThrownBy(() -> Times.instant(text))
                .isInstanceOf(DataException.class)
                .hasMessageNotContaining("2024");
    }
}
