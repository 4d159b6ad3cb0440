package io.millrace.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class DelaysTest {
    @Test
    void takesPercentilesThatAreValuesOfTheirOwn() {
        long[] sorted = LongStream.rangeClosed(1, 200).map(i -> i * 1_000_000).toArray();
        assertThat(Delays.millis(sorted, 0.5)).isEqualTo(100);
        assertThat(Delays.millis(sorted, 0.99)).isEqualTo(198);
        assertThat(Delays.millis(sorted, 1)).isEqualTo(200);
        assertThat(Delays.millis(new long[] {3_000_000}, 0.5)).isEqualTo(3);
    }

    @Test
    void readsTheNumberOfAKey() {
        assertThat(Watcher.number("{\"id\":1070}".getBytes(StandardCharsets.UTF_8)))
                .isEqualTo(1070);
    }
}
