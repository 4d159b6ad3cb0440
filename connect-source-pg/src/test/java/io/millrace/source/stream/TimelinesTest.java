package io.millrace.source.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.source.position.Lsn;
import io.millrace.source.position.StreamPosition;
import java.util.Map;
import org.apache.kafka.connect.errors.ConnectException;
import org.junit.jupiter.api.Test;

class TimelinesTest {
    private static final Timelines HISTORY = Timelines.parse(
            """
            # written by hand
            1\t0/5000158\tno recovery target specified

            2\t16/B374D848\tbefore 2026-01-01 00:00:00+00
            not a line
            """);

    private static void check(String lsn, long before) {
        HISTORY.check(Lsn.parse(lsn), before, 3);
    }

    @Test
    void aHistoryFileIsRead() {
        assertThat(HISTORY.ends()).isEqualTo(Map.of(1L, 0x5000158L, 2L, 0x16B374D848L));
    }

    @Test
    void whatWasReadUpToTheSwitchIsThere() {
        assertThatCode(() -> check("0/5000158", 1)).doesNotThrowAnyException();
        assertThatCode(() -> check("16/B374D848", 2)).doesNotThrowAnyException();
    }

    @Test
    void whatWasReadBeyondIsNot() {
        assertThatThrownBy(() -> check("0/5000159", 1))
                .isInstanceOf(ConnectException.class)
                .hasMessageContainingAll("left timeline 1 at 0/5000158", "0/5000159", "delete the connector's offsets");
        assertThatThrownBy(() -> check("F6/B374D848", 2)).hasMessageContaining("left timeline 2");
        assertThatThrownBy(() -> check("0/1", 4)).hasMessageContaining("does not come from timeline 4");
    }

    @Test
    void aTransactionOfWhichSomethingWasEmittedCountsToItsCommit() {
        assertThat(Timelines.reached(new StreamPosition(100, 100, 0, 0, "", null)))
                .isEqualTo(100);
        assertThat(Timelines.reached(new StreamPosition(100, 50, 7, 0, "", null)))
                .isEqualTo(100);
        assertThat(Timelines.reached(new StreamPosition(100, 100, 7, 0, "", null)))
                .isEqualTo(101);
        long ends = Lsn.parse("0/5000158");
        assertThatCode(() -> HISTORY.check(Timelines.reached(new StreamPosition(100, ends - 1, 7, 0, "", null)), 1, 3))
                .doesNotThrowAnyException();
        assertThatThrownBy(() -> HISTORY.check(Timelines.reached(new StreamPosition(100, ends, 7, 0, "", null)), 1, 3))
                .hasMessageContaining("left timeline 1");
    }

    @Test
    void theTimelineIsPartOfTheStoredStreamAndDoesNotCountAsAnother() {
        String first = StreamPosition.stream("abc", 1);
        String second = StreamPosition.stream("abc", 2);
        StreamPosition position = new StreamPosition(100, 100, 7, 0, first, null);
        assertThat(position.timeline()).isEqualTo(1);
        assertThat(position.in(second).ordinal()).isEqualTo(7);
        assertThat(position.in(second).timeline()).isEqualTo(2);
        assertThat(position.in(StreamPosition.stream("abd", 1)).ordinal()).isZero();
        StreamPosition older = new StreamPosition(100, 100, 7, 0, "abc", null);
        assertThat(older.timeline()).isZero();
        assertThat(older.in(first).ordinal()).isEqualTo(7);
    }
}
