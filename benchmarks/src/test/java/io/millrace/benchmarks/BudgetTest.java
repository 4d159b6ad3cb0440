package io.millrace.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class BudgetTest {
    private final AtomicLong clock = new AtomicLong(17);

    private void pass(int seconds) {
        clock.addAndGet(TimeUnit.SECONDS.toNanos(seconds));
    }

    @Test
    void givesEachScenarioItsShareAndOneRoundInAnyCase() {
        var budget = new Budget(clock::get, 1, 2);
        budget.begin();
        assertThat(budget.allows(0)).isTrue();
        pass(12);
        assertThat(budget.allows(1)).isTrue();
        pass(12);
        assertThat(budget.allows(2))
                .as("24 of 30 seconds, and a round takes 12")
                .isFalse();
        budget.begin();
        assertThat(budget.allows(0)).isTrue();
        pass(17);
        assertThat(budget.allows(1)).as("what the first left over").isTrue();
        pass(100);
        assertThat(budget.allows(2)).isFalse();
        budget.begin();
        assertThat(budget.allows(0)).isTrue();
        pass(1);
        assertThat(budget.allows(1)).isFalse();
    }

    @Test
    void isWithoutBoundUnlessAskedForOne() {
        var budget = new Budget(clock::get, 0, 1);
        budget.begin();
        for (int round = 0; round < 5; round++) {
            assertThat(budget.allows(round)).isTrue();
            pass(100_000);
        }
    }
}
