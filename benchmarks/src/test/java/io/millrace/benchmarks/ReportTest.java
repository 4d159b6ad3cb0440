package io.millrace.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ReportTest {
    private static Measurement run(long rows, int seconds, int cpuSeconds) {
        return new Measurement(
                rows, Duration.ofSeconds(seconds), Duration.ofSeconds(1), Map.of(Figure.CONNECT_CPU, (double)
                        cpuSeconds));
    }

    @Test
    void printsMediansAndComparesWithTheFirstOfTheScenario() {
        var slow = new Result(
                "snapshot", "narrow", "slow", List.of(run(100_000, 10, 5), run(100_000, 1, 5), run(100_000, 5, 5)));
        var fast = new Result("snapshot", "narrow", "fast", List.of(run(100_000, 1, 2)));
        var other = new Result("snapshot", "wide", "slow", List.of(run(50_000, 1, 2), run(150_000, 1, 2)));
        var nothing = new Result("snapshot", "wide", "failed");
        List<String> lines =
                Report.table(List.of(slow, fast, other, nothing)).lines().toList();
        assertThat(lines).hasSize(4);
        assertThat(lines.get(1))
                .contains("slow", "20.0", "(10.0-100)", "1.00", "50.0")
                .endsWith("1.0");
        assertThat(lines.get(2)).contains("fast", "100 ", "5.00", "20.0");
        assertThat(lines.get(3)).contains("wide", "100 ", "1.00");
        assertThat(lines.get(0)).contains("connect").doesNotContain("broker");
    }

    @Test
    void refusesWhatItDoesNotKnow() {
        assertThat(Options.parse("--rows", "20000", "--only", "sink").only()).containsExactly("sink");
        assertThatThrownBy(() -> Options.parse("--rows", "5")).hasMessageContaining("at least 10000");
        assertThatThrownBy(() -> Options.parse("--only", "speed")).hasMessageContaining("[speed]");
        assertThatThrownBy(() -> Options.parse("--rows")).hasMessageContaining("needs a value");
    }
}
