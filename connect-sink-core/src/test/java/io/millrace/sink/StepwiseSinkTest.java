package io.millrace.sink;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.sink.destination.Capabilities;
import io.millrace.sink.destination.Destination;
import io.millrace.sink.destination.StepwiseDestination;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.errors.RetriableException;
import org.junit.jupiter.api.Test;

/** The contract by a target without transactions, and what is its own: an apply may end between any two of its steps. */
class StepwiseSinkTest extends SinkContract {
    private static final int ROWS = 40;

    private StepwiseDestination.Server server = new StepwiseDestination.Server();
    private FlowHarness harness = new FlowHarness(server);

    @Override
    public TaskDriver task(boolean deadLetterQueue, String... config) {
        return deadLetterQueue ? harness.taskWithDeadLetters(log, config) : harness.task(log, config);
    }

    @Override
    public Destination destination(String ledgerId) {
        return new StepwiseDestination(server, ledgerId);
    }

    @Override
    public Capabilities capabilities() {
        return StepwiseDestination.CAPABILITIES;
    }

    @Override
    public List<String> rows(String table, String... columns) {
        return harness.texts(table, columns);
    }

    /** Two partitions and two tables in a flush; the rows of each partition have their order in the table's. */
    private void fill() {
        for (int i = 0; i < ROWS; i++) {
            log.writeTo(EVENTS.topic(), i % 2).insert(EVENTS, "row " + (1000 + i));
            log.insert(ORDERS, i % 7, "a" + i, "b" + i);
        }
    }

    private void expectAll() {
        List<String> events = new ArrayList<>();
        List<String> orders = new ArrayList<>();
        for (int i = 0; i < ROWS; i++) {
            events.add("row " + (1000 + i));
            orders.add(i % 7 + "|a" + i + "|b" + i);
        }
        orders.sort(null);
        assertThat(rows("events", "a")).isEqualTo(events);
        assertThat(orders()).isEqualTo(orders);
    }

    /** Runs a task whose flushes end before the step of this number; how many steps it took. */
    private int live(int end, boolean retriable, String maxBatchSize, int delivered) {
        int[] steps = {0};
        server.beforeEach(() -> {
            if (++steps[0] == end) {
                throw retriable ? new RetriableException("lost") : new ConnectException("killed");
            }
        });
        TaskDriver task = task(false, "insert.mode", "append", "max.batch.size", maxBatchSize)
                .batch(delivered)
                .open();
        try {
            task.drain();
        } catch (ConnectException e) {
            assertThat(e).hasMessageContaining("killed");
        } finally {
            task.kill();
        }
        return steps[0];
    }

    @Test
    void aTaskThatEndsBeforeAnyStepLosesAndDoublesNothing() {
        fill();
        int steps = live(-1, false, "20", 7);
        assertThat(steps).isGreaterThan(12);
        for (boolean retriable : new boolean[] {false, true}) {
            for (int end = 1; end <= steps; end++) {
                again();
                live(end, retriable, "20", 7);
                // The next task would cut its flushes otherwise.
                live(-1, false, "11", 3);
                expectAll();
            }
        }
    }

    @Test
    void tasksThatEndAgainAndAgainLoseAndDoubleNothing() {
        fill();
        Random random = new Random(11);
        for (int round = 0; round < 200; round++) {
            again();
            int lives = random.nextInt(6);
            for (int life = 0; life < lives; life++) {
                live(
                        1 + random.nextInt(20),
                        random.nextBoolean(),
                        String.valueOf(3 + random.nextInt(40)),
                        1 + random.nextInt(12));
            }
            live(-1, false, String.valueOf(3 + random.nextInt(40)), 5);
            expectAll();
        }
    }

    /** The records of a range that was begun are gone meanwhile: the rest is not held up. */
    @Test
    void aRangeWhoseRecordsHaveExpiredIsPassed() {
        for (int i = 0; i < 10; i++) {
            log.insert(EVENTS, "old " + i);
        }
        live(2, false, "10", 10);
        for (int i = 0; i < 5; i++) {
            log.insert(EVENTS, "new " + i);
        }
        log.expire(log.partitions().get(0), 10);
        live(-1, false, "10", 10);
        assertThat(rows("events", "a")).containsExactly("new 0", "new 1", "new 2", "new 3", "new 4");
    }

    private void again() {
        server = new StepwiseDestination.Server();
        harness = new FlowHarness(server);
    }
}
