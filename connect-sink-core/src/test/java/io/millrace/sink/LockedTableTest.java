package io.millrace.sink;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.sink.destination.Destination;
import io.millrace.sink.destination.Locked;
import io.millrace.sink.destination.Staged;
import io.millrace.sink.destination.TableId;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A table that another session has locked waits by itself. */
class LockedTableTest {
    private static final TableId LOCKED = TableId.of("shop", "orders");

    private final TopicLog log = new TopicLog();
    private final AtomicBoolean locked = new AtomicBoolean(true);

    /** Of each try to write the locked table, whether it was made in a hurry. */
    private final List<Boolean> tries = Collections.synchronizedList(new ArrayList<>());

    private final List<Integer> flushes = Collections.synchronizedList(new ArrayList<>());
    private final FlowHarness harness = new FlowHarness().through(this::lockable);

    private Destination lockable(Destination destination) {
        AtomicBoolean hurried = new AtomicBoolean();
        return (Destination) Proxy.newProxyInstance(
                Destination.class.getClassLoader(), new Class<?>[] {Destination.class}, (proxy, called, arguments) -> {
                    if (called.getName().equals("hurry")) {
                        hurried.set((Boolean) arguments[0]);
                    }
                    if (called.getName().equals("apply")) {
                        apply(arguments[0], hurried.get());
                    }
                    try {
                        return called.invoke(destination, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    @SuppressWarnings("unchecked")
    private void apply(Object batches, boolean hurried) {
        List<Staged> staged = (List<Staged>) batches;
        if (staged.stream().anyMatch(each -> each.batch().table().equals(LOCKED))) {
            tries.add(hurried);
            if (locked.get()) {
                throw new Locked("shop.orders is locked", null);
            }
        }
        flushes.add(staged.size());
    }

    private static void write(TopicLog log, String topic, int number) {
        SourceTable table = number % 2 == 0 ? ContractCase.ORDERS : OperatorCases.STOCK;
        log.add(
                topic.isEmpty() ? table.topic() : topic,
                null,
                null,
                table.envelopeSchema(),
                table.envelope("c", null, table.row(number, "a", "b"), 1000 + number),
                null);
    }

    /** With a topic for each, and with both in one. */
    @ParameterizedTest
    @ValueSource(strings = {"", "shop.shared"})
    void theOthersGoOnAndNothingIsLostOrDoubled(String topic) {
        TableMetersTest.Registry registry = new TableMetersTest.Registry();
        try (TaskDriver task = harness.measuredTask(registry, log, "insert.mode", "append", "sync.interval.ms", "0")
                .open()) {
            write(log, topic, 0);
            write(log, topic, 1);
            task.open(log.partitions());
            task.until(() -> harness.texts("stock", "id").size() == 1);
            for (int i = 2; i < 60; i++) {
                write(log, topic, i);
                task.step();
                task.commit();
            }
            task.until(() -> harness.texts("stock", "id").size() == 30);
            assertThat(harness.texts("orders", "id")).isEmpty();
            assertThat(task.commit())
                    .containsEntry(new TopicPartition(topic.isEmpty() ? ContractCase.ORDERS.topic() : topic, 0), 0L);
            assertThat(tries.subList(0, 1)).as("with all the others").containsExactly(false);
            assertThat(tries.subList(1, tries.size())).as("of its own").containsOnly(true);
            task.until(() -> tries.size() > 3);
            assertThat(registry.value("waitingshop.orders")).isEqualTo(1);
            assertThat(registry.value("waitingshop.stock")).isZero();
            assertThat(flushes.size()).isGreaterThan(2 * tries.size());
            locked.set(false);
            task.until(() -> harness.texts("orders", "id").size() == 30);
            write(log, topic, 60);
            write(log, topic, 61);
            task.until(() -> harness.texts("orders", "id").size() == 31
                    && harness.texts("stock", "id").size() == 31);
            assertThat(tries.get(tries.size() - 1)).as("its wait is over").isFalse();
            assertThat(registry.value("waitingshop.orders")).isZero();
            task.drain();
            Map<TopicPartition, Long> committed = task.commit();
            log.partitions().forEach(each -> assertThat(committed)
                    .containsEntry(each, (long) log.records(each).size()));
        }
        assertThat(harness.texts("orders", "id")).doesNotHaveDuplicates();
        assertThat(harness.texts("stock", "id")).doesNotHaveDuplicates();
    }

    @Test
    void aTaskThatIsKilledMeanwhileLosesNothing() {
        for (int i = 0; i < 20; i++) {
            write(log, "shop.shared", i);
        }
        TaskDriver killed = harness.task(log, "insert.mode", "append").open();
        killed.until(() -> harness.texts("stock", "id").size() == 10 && tries.size() > 2);
        killed.kill();
        locked.set(false);
        try (TaskDriver task = harness.task(log, "insert.mode", "append").open()) {
            task.drain();
        }
        assertThat(harness.texts("orders", "id")).hasSize(10).doesNotHaveDuplicates();
        assertThat(harness.texts("stock", "id")).hasSize(10).doesNotHaveDuplicates();
    }
}
