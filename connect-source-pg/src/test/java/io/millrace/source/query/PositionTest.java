package io.millrace.source.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.math.BigInteger;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a position says of the past. */
class PositionTest {
    private static final BigInteger MARK = BigInteger.valueOf(90);

    private static MirrorState stored(MirrorState state) {
        return MirrorState.of("id", WatermarkType.INT8, state.offset(WatermarkType.INT8));
    }

    @Test
    void aBoundaryIsInMilliseconds() {
        assertThat(Highest.before(10_000_000, null)).isEqualTo(10_000_000);
        assertThat(Highest.before(10_000_000, 5000L)).isEqualTo(5_000_000);
        assertThatExceptionOfType(ArithmeticException.class).isThrownBy(() -> Highest.before(0, Long.MAX_VALUE));
    }

    @Test
    void anXidFromAheadOfTheServerSaysNothing() {
        assertThat(Xids.since(200, 100)).isEmpty();
    }

    @Test
    void anotherHistoryLeavesNothingOfWhatWasReadInPart() {
        Run begun = Run.of(true, BigInteger.ONE, MARK).from(7).with("1.2", Spans.Span.of(0, 9));
        Lineage here = new Lineage("7300000000000000001", 2);
        MirrorState moved =
                stored(MirrorState.fresh("id").upTo(MARK, 55).with(begun).moved(here));
        assertThat(moved.run()).isEqualTo(Run.of(true, BigInteger.ONE, MARK));
        assertThat(moved.mark()).isEqualTo(MARK);
        assertThat(moved.xmin()).isZero();
        assertThat(moved.owed()).isTrue();
        assertThat(moved.lineage()).isEqualTo(here);
        MirrorState looked = stored(moved.with(null).looked(MARK, 60));
        assertThat(looked.owed()).isFalse();
        assertThat(looked.xmin()).isEqualTo(60);
    }

    @Test
    void aPromotionOrAnotherClusterIsAnotherHistory() {
        Lineage before = new Lineage("a", 2);
        assertThat(new Lineage("a", 3).parts(before)).isTrue();
        assertThat(new Lineage("b", 2).parts(before)).isTrue();
        assertThat(new Lineage("a", 1).parts(before))
                .as("a standby that has not heard of it")
                .isFalse();
        assertThat(Lineage.parse(before.text())).isEqualTo(before);
        assertThatIllegalArgumentException().isThrownBy(() -> Lineage.parse("a"));
    }

    @Test
    void theBeginningOfATopicIsAPlaceInItToo() {
        MirrorState fresh = MirrorState.fresh("id");
        assertThat(stored(fresh).signals()).isNegative();
        assertThat(stored(fresh.signal(-1)).signals()).isZero();
        assertThat(Mirror.signalsFrom(Map.of("signals", 0L))).isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "INT8, 9, 10, true",
        "INT8, 10, 10, false",
        "DATE, 2026-01-30, 2026-01-31, true",
        "TIMESTAMPTZ, 2026-01-31 12:00:00+00, 2026-01-31 12:00:01+00, false",
        "TIMESTAMP, 2026-01-31 12:00:00, 2026-01-31 12:00:01.1, true",
        "UUID_V7, 01900000-0000-7000-8000-000000000000, 01900000-03e8-7000-8000-000000000000, false",
        "UUID_V7, 01900000-0000-7000-8000-000000000000, 01900000-03e9-7000-8000-000000000000, true"
    })
    void clocksOfTwoCommitsMayDifferALittle(WatermarkType type, String value, String other, boolean behind) {
        assertThat(type.isBehind(type.parse(value), type.parse(other))).isEqualTo(behind);
        assertThat(type.isBehind(type.parse(other), type.parse(value))).isFalse();
    }
}
