package io.millrace.sink.value;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.sink.value.SourceTime.Kind;
import java.util.Date;
import java.util.Locale;
import java.util.Objects;
import org.apache.kafka.connect.errors.DataException;
import org.junit.jupiter.api.Test;

class SourceTimeTest {
    private static SourceTime time(String meaning) {
        return Objects.requireNonNull(SourceTime.of(meaning));
    }

    private static long read(String meaning, Object value) {
        return time(meaning).number().applyAsLong(value);
    }

    @Test
    void everyUnitBecomesDaysOrMicroseconds() {
        assertThat(read("io.debezium.time.Date", -1)).isEqualTo(-1);
        assertThat(read("org.apache.kafka.connect.data.Date", new Date(-1))).isEqualTo(-1);
        assertThat(read("io.debezium.time.Timestamp", 5L)).isEqualTo(5_000);
        assertThat(read("io.debezium.time.NanoTimestamp", 5_000L)).isEqualTo(5);
        assertThat(read("org.apache.kafka.connect.data.Timestamp", new Date(7))).isEqualTo(7_000);
        assertThat(read("io.debezium.time.ZonedTimestamp", "1970-01-01T01:00:00.000001+01:00"))
                .isEqualTo(1);
        assertThat(read("io.debezium.time.Time", 86_400_000)).isEqualTo(SourceTime.MICROS_PER_DAY);
        assertThat(time("io.debezium.time.MicroDuration").kind()).isEqualTo(Kind.DURATION);
        assertThat(SourceTime.of("io.debezium.data.Json")).isNull();
    }

    @Test
    void whatPostgresCannotStoreIsInfinity() {
        assertThat(read("io.debezium.time.Date", -2_440_588)).isEqualTo(-2_440_588);
        assertThat(read("io.debezium.time.Date", -2_440_589)).isEqualTo(-SourceTime.INFINITY);
        assertThat(read("io.debezium.time.Date", 2_145_042_906)).isEqualTo(SourceTime.INFINITY);
        assertThat(read("io.debezium.time.MicroTimestamp", 9_223_371_331_200_000_000L))
                .isEqualTo(SourceTime.INFINITY);
        assertThat(read("io.debezium.time.MicroTimestamp", 9_223_371_331_199_999_999L))
                .isEqualTo(9_223_371_331_199_999_999L);
        assertThat(read("io.debezium.time.ZonedTimestamp", "-infinity")).isEqualTo(-SourceTime.INFINITY);
    }

    @Test
    void whatLiesBetweenOrBehindMicrosecondsIsRefused() {
        assertThatThrownBy(() -> read("io.debezium.time.NanoTimestamp", 1L)).isInstanceOf(DataException.class);
        assertThatThrownBy(() -> read("io.debezium.time.Timestamp", Long.MAX_VALUE / 1000))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("294247");
        assertThatThrownBy(() -> SourceTime.timeText(-1)).isInstanceOf(DataException.class);
    }

    @Test
    void textsAreThoseOfPostgres() {
        assertThat(SourceTime.dateText(0)).isEqualTo("1970-01-01");
        assertThat(SourceTime.dateText(-2_440_588)).isEqualTo("4714-11-24 BC");
        assertThat(SourceTime.dateText(-SourceTime.INFINITY)).isEqualTo("-infinity");
        assertThat(SourceTime.timeText(SourceTime.MICROS_PER_DAY)).isEqualTo("24:00:00");
        assertThat(SourceTime.timeText(1)).isEqualTo("00:00:00.000001");
        assertThat(SourceTime.timestampText(-1, true)).isEqualTo("1969-12-31 23:59:59.999999+00");
        assertThat(SourceTime.timestampText(-62_135_596_800_000_001L, false))
                .isEqualTo("0001-12-31 23:59:59.999999 BC");
        assertThat(SourceTime.timestampText(SourceTime.INFINITY, true)).isEqualTo("infinity");
    }

    /** Whose digits Postgres would not read. */
    @Test
    void aWorkersLanguageChangesNoText() {
        Locale before = Locale.getDefault();
        Locale.setDefault(Locale.forLanguageTag("ar-EG"));
        try {
            textsAreThoseOfPostgres();
        } finally {
            Locale.setDefault(before);
        }
    }
}
