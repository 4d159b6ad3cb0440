package io.millrace.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.sink.destination.Advance;
import io.millrace.sink.destination.Destination;
import io.millrace.sink.destination.Staged;
import io.millrace.sink.destination.TableId;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.errors.RetriableException;
import org.junit.jupiter.api.Test;

/** A table that stays locked: the task does not try again without end. */
class StandstillTest {
    private static final TableId LOCKED = TableId.of("shop", "orders");

    private final TopicLog log = new TopicLog();

    /** Lets calls of apply that pass the test run into a lock. */
    private static Destination locked(Destination destination, Predicate<Object[]> test) {
        return (Destination) Proxy.newProxyInstance(
                Destination.class.getClassLoader(), new Class<?>[] {Destination.class}, (proxy, called, arguments) -> {
                    if (called.getName().equals("apply") && test.test(arguments)) {
                        throw new RetriableException("shop.orders is locked");
                    }
                    try {
                        return called.invoke(destination, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    @SuppressWarnings("unchecked")
    private static boolean writesLocked(Object... arguments) {
        List<Staged> staged = (List<Staged>) arguments[0];
        List<Advance> advances = (List<Advance>) arguments[1];
        return staged.stream().anyMatch(each -> each.batch().table().equals(LOCKED))
                || advances.stream().anyMatch(each -> each.feed().table().equals(LOCKED));
    }

    @Test
    void theTaskFailsWithTheReason() {
        FlowHarness harness = new FlowHarness().through(target -> locked(target, StandstillTest::writesLocked));
        log.insert(ContractCase.ORDERS, 1, "a", "b").insert(ContractCase.EVENTS, "x");
        TaskDriver task = harness.task(log, "insert.mode", "append", "flush.timeout.ms", "1000")
                .open();
        assertThatThrownBy(task::drain)
                .isInstanceOf(ConnectException.class)
                .isNotInstanceOf(RetriableException.class)
                .hasMessageContaining("shop.orders is locked")
                .hasMessageContaining("flush.timeout.ms");
        task.kill();
    }

    @Test
    void theTableIsParkedWhereTheOthersShallGoOn() {
        FlowHarness harness = new FlowHarness().through(target -> locked(target, StandstillTest::writesLocked));
        log.insert(ContractCase.ORDERS, 1, "a", "b").insert(ContractCase.EVENTS, "x");
        try (TaskDriver task = harness.task(
                        log, "insert.mode", "append", "flush.timeout.ms", "1000", "table.error.policy", "park")
                .open()) {
            task.drain();
            log.insert(ContractCase.ORDERS, 2, "a", "b").insert(ContractCase.EVENTS, "y");
            task.drain();
            assertThat(task.commit())
                    .isEqualTo(Map.of(new TopicPartition(ContractCase.EVENTS.topic(), 0), 2L, ContractCase.FIRST, 0L));
        }
        assertThat(harness.texts("events", "a")).containsExactly("x", "y");
        assertThat(harness.texts("orders", "a")).isEmpty();
    }

    @Test
    void whatEndsWellOrCannotBeReachedBeginsTheTimeAnew() {
        long[] now = {0};
        Standstill standstill = new Standstill(100, () -> now[0] * 1_000_000);
        assertThat(standstill.isTooLong()).isFalse();
        now[0] = 99;
        assertThat(standstill.isTooLong()).isFalse();
        standstill.end();
        now[0] = 150;
        assertThat(standstill.isTooLong()).isFalse();
        now[0] = 250;
        assertThat(standstill.isTooLong()).isTrue();
    }
}
