package io.millrace.source.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.millrace.source.query.Spans.Span;
import java.math.BigInteger;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SpansTest {
    @Test
    void whatTouchesIsOneSpan() {
        Spans spans = Spans.NONE.with(Span.of(5, 9)).with(Span.of(20, 29)).with(Span.of(10, 12));
        assertThat(spans.text()).isEqualTo("5..12;20..29");
        assertThat(spans.with(Span.of(13, 19)).text()).isEqualTo("5..29");
        assertThat(spans.with(new Span(null, BigInteger.valueOf(4))).text()).isEqualTo("..12;20..29");
        assertThat(spans.with(new Span(BigInteger.TEN, null)).text()).isEqualTo("5..");
        assertThat(Spans.parse("..12;20..29").text()).isEqualTo("..12;20..29");
        assertThatIllegalArgumentException().isThrownBy(() -> Spans.parse("5-9"));
    }

    @Test
    void gapsAndSpansTogetherAreAll() {
        Random random = new Random(1);
        for (int round = 0; round < 2000; round++) {
            Spans spans = Spans.NONE;
            BitSet expected = new BitSet();
            for (int i = random.nextInt(6); i > 0; i--) {
                int from = random.nextInt(40);
                int to = from + random.nextInt(10);
                spans = spans.with(Span.of(from, to));
                expected.set(from, to + 1);
            }
            BitSet gaps = new BitSet();
            for (Span gap : spans.missing(Span.of(3, 44))) {
                gaps.set(number(gap.from()), number(gap.to()) + 1);
            }
            expected.flip(0, 60);
            expected.clear(0, 3);
            expected.clear(45, 60);
            assertThat(gaps).as(spans.text()).isEqualTo(expected);
        }
        assertThat(Spans.parse("..5;8..").missing(new Span(null, null))).isEqualTo(List.of(Span.of(6, 7)));
        assertThat(Spans.NONE.missing(new Span(null, null))).containsExactly(new Span(null, null));
    }

    private static int number(@Nullable BigInteger end) {
        return Objects.requireNonNull(end).intValue();
    }
}
