package io.millrace.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.core.Manifest;
import io.millrace.sink.destination.Destination;
import io.millrace.sink.destination.EvolutionPolicy;
import io.millrace.sink.destination.Generations;
import io.millrace.sink.destination.MemoryDestination;
import io.millrace.sink.destination.TableId;
import io.millrace.sink.destination.TableShape;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.errors.RetriableException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Tables whose replacement takes long. */
class ReplacingTest {
    private final CountDownLatch end = new CountDownLatch(1);
    private final AtomicInteger begun = new AtomicInteger();
    private final FlowHarness harness = new FlowHarness().through(this::slow);
    private final TopicLog log = new TopicLog();
    private final Copies copies = new Copies(log);

    /** Gathers nothing, and takes its time. */
    private final class Slow implements Generations {
        @Override
        public boolean open(Generation generation, TableShape wanted, EvolutionPolicy policy, boolean create) {
            return false;
        }

        @Override
        public boolean tell(Generation generation, Manifest manifest) {
            return true;
        }

        @Override
        public Replaced replace(Set<TableId> except) {
            begun.incrementAndGet();
            try {
                end.await();
                return new Replaced(List.of(), false);
            } catch (InterruptedException e) {
                throw new ConnectException(e);
            }
        }
    }

    private Destination slow(Destination destination) {
        Generations slow = new Slow();
        return (Destination) Proxy.newProxyInstance(
                Destination.class.getClassLoader(), new Class<?>[] {Destination.class}, (proxy, called, arguments) -> {
                    if (called.getName().equals("generations")) {
                        return Optional.of(slow);
                    }
                    try {
                        return called.invoke(destination, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    private TaskDriver task(String... more) {
        String[] config = java.util.Arrays.copyOf(more, more.length + 4);
        config[more.length] = "insert.mode";
        config[more.length + 1] = "overwrite";
        config[more.length + 2] = "flush.timeout.ms";
        config[more.length + 3] = "1000";
        return harness.task(log, config).open();
    }

    @AfterEach
    void release() {
        end.countDown();
    }

    @Test
    void itDoesNotCountAsAFlushAndHoldsUpNoPolling() {
        copies.copy(ContractCase.ORDERS, "g1", Copies.of(1, "a", "b"));
        TaskDriver task = task();
        long since = System.nanoTime();
        while (begun.get() == 0 || System.nanoTime() - since < 2_500_000_000L) {
            task.step();
            task.commit();
        }
        copies.row(ContractCase.ORDERS, "g2", 2, "c", "d");
        assertThat(task.step()).as("delivered, and to be delivered again").isTrue();
        assertThat(task.step()).as("still not taken").isTrue();
        end.countDown();
        task.drain().close();
        assertThat(begun.get()).isGreaterThan(1);
    }

    @Test
    void aFullBufferHoldsUpNoPollingEither() {
        copies.copy(ContractCase.ORDERS, "g1", Copies.of(1, "a", "b"), Copies.of(2, "a", "b"));
        for (int id = 1; id < 20; id++) {
            copies.row(ContractCase.ORDERS, "g2", id, "c", "d");
        }
        TaskDriver task = task("max.batch.size", "3", "overwrite.timeout.ms", "60000");
        long since = System.nanoTime();
        assertThat(task.step()).as("taken in part, and to be delivered again").isTrue();
        assertThat(begun.get()).isEqualTo(1);
        assertThat(task.step()).as("still not taken").isTrue();
        assertThat(System.nanoTime() - since).isLessThan(50_000_000_000L);
        end.countDown();
        task.drain();
        assertThat(task.commit()).containsEntry(ContractCase.FIRST, (long)
                log.records(ContractCase.FIRST).size());
        task.close();
    }

    /** Else one that took longer than a flush may is late for a moment, before it is known to have ended. */
    @Test
    void itsTimeCountsUntilTheNextFlush() {
        end.countDown();
        SinkSettings settings = SinkSettings.of(new AbstractConfig(
                SinkConfig.define(new ConfigDef()), Map.of("name", "sink", "insert.mode", "overwrite")));
        Destination destination = slow(new MemoryDestination(harness.database, "sink"));
        FlushJob job = new FlushJob(destination, new Tables(destination, settings), settings, false);
        assertThat(job.replacingNanos()).isNegative();
        job.run(new Flush(
                List.of(), List.of(), Map.of(), List.of(), Map.of(), List.of(), Set.of(), Set.of(), Set.of(),
                Set.of()));
        assertThat(begun.get()).isEqualTo(1);
        assertThat(job.replacingNanos()).isNotNegative();
        job.reset();
        assertThat(job.replacingNanos()).isNegative();
    }

    @Test
    void itHasALimitOfItsOwn() {
        copies.copy(ContractCase.ORDERS, "g1", Copies.of(1, "a", "b"));
        TaskDriver task = task("overwrite.timeout.ms", "1500");
        assertThatThrownBy(() -> {
                    while (true) {
                        task.step();
                        task.commit();
                    }
                })
                .isInstanceOf(ConnectException.class)
                .isNotInstanceOf(RetriableException.class)
                .hasMessageContaining("overwrite.timeout.ms=1500");
        task.kill();
    }
}
