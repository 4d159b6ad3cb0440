package io.millrace.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.sink.destination.Destination;
import io.millrace.sink.destination.Staged;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.errors.RetriableException;
import org.junit.jupiter.api.Test;

/** When a flush begins, how much it holds, and what becomes of one that does not end. */
class FlushPolicyTest {
    private static final SourceTable ORDERS =
            SourceTable.of("shop", "orders").key("id", Schema.INT32_SCHEMA).column("a", Schema.OPTIONAL_STRING_SCHEMA);
    private static final String NEVER = "3600000";

    private final TopicLog log = new TopicLog();

    /** Rows of each flush. */
    private final List<Integer> flushes = Collections.synchronizedList(new ArrayList<>());

    /** Shows every apply to {@code before} first, and every begin as one of nothing. */
    private static Destination watched(Destination destination, Consumer<List<Staged>> before) {
        return (Destination) Proxy.newProxyInstance(
                Destination.class.getClassLoader(), new Class<?>[] {Destination.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("begin")) {
                        before.accept(List.of());
                    }
                    if (method.getName().equals("apply")) {
                        @SuppressWarnings("unchecked")
                        List<Staged> staged = (List<Staged>) arguments[0];
                        before.accept(staged);
                    }
                    try {
                        return method.invoke(destination, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getTargetException();
                    }
                });
    }

    private static int rows(List<Staged> staged) {
        return staged.stream().mapToInt(each -> each.batch().rows().count()).sum();
    }

    private TaskDriver counted(String... config) {
        FlowHarness harness = new FlowHarness()
                .through(destination -> watched(destination, staged -> {
                    if (!staged.isEmpty()) {
                        flushes.add(rows(staged));
                    }
                }));
        return harness.task(log, config).open();
    }

    @Test
    void byRows() {
        for (int i = 0; i < 25; i++) {
            log.insert(ORDERS, i, "a");
        }
        try (TaskDriver task = counted("max.batch.size", "10", "sync.interval.ms", NEVER)) {
            task.step();
            task.commit();
        }
        assertThat(flushes).startsWith(10, 10, 5);
    }

    @Test
    void byTime() {
        for (int i = 0; i < 9; i++) {
            log.insert(ORDERS, i, "a");
        }
        try (TaskDriver task = counted("sync.interval.ms", "0").batch(3)) {
            task.step();
            task.commit();
            task.step();
            task.commit();
        }
        assertThat(flushes).startsWith(3, 3);
        flushes.clear();
        try (TaskDriver task = counted("sync.interval.ms", NEVER)) {
            log.insert(ORDERS, 10, "a");
            task.step();
            task.step();
            assertThat(flushes).isEmpty();
        }
    }

    @Test
    void byBytes() {
        for (int i = 0; i < 1000; i++) {
            log.insert(ORDERS, i, "x".repeat(1000));
        }
        try (TaskDriver task = counted("buffer.max.bytes", "200000", "sync.interval.ms", NEVER)) {
            task.drain();
        }
        // Half of the bytes fill while the other half is written; the sum is looked at every 64 rows.
        assertThat(flushes).allMatch(rows -> rows <= 100 + 64);
        assertThat(flushes.stream().mapToInt(Integer::intValue).sum()).isEqualTo(1000);
    }

    @Test
    void byBytesWithManyTables() {
        for (int i = 0; i < 4000; i++) {
            SourceTable table = SourceTable.of("shop", "t" + i % 200)
                    .key("id", Schema.INT32_SCHEMA)
                    .column("a", Schema.OPTIONAL_STRING_SCHEMA);
            log.insert(table, i, "x".repeat(1000));
        }
        try (TaskDriver task = counted("buffer.max.bytes", "2000000", "sync.interval.ms", NEVER)) {
            task.drain();
        }
        assertThat(flushes).allMatch(rows -> rows <= 1000 + 64);
        assertThat(flushes.stream().mapToInt(Integer::intValue).sum()).isEqualTo(4000);
    }

    @Test
    void aFlushThatMakesNoProgressFailsTheTask() {
        CountDownLatch end = new CountDownLatch(1);
        FlowHarness harness = new FlowHarness()
                .through(destination -> watched(destination, staged -> {
                    try {
                        end.await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                }));
        log.insert(ORDERS, 1, "a");
        TaskDriver task = harness.task(log, "flush.timeout.ms", "1000", "sync.interval.ms", "0")
                .open();
        task.step();
        assertThatThrownBy(() -> {
                    task.commit();
                    task.step();
                })
                .isInstanceOf(ConnectException.class)
                .hasMessageContaining("flush.timeout.ms=1000");
        end.countDown();
        task.kill();
    }

    /** The ledger does not know the partition yet, though this task has read some of it. */
    @Test
    void aFirstFlushThatFailsIsNoLostLedger() {
        AtomicInteger failures = new AtomicInteger(2);
        FlowHarness harness = new FlowHarness()
                .through(destination -> watched(destination, staged -> {
                    if (failures.getAndDecrement() > 0) {
                        throw new RetriableException("the target is away");
                    }
                }));
        for (int i = 0; i < 20; i++) {
            log.insert(ORDERS, i, "a");
        }
        try (TaskDriver task = harness.task(log, "max.batch.size", "3").open().batch(5)) {
            task.drain();
        }
        assertThat(harness.table("shop", "orders")).hasSize(20);
    }
}
