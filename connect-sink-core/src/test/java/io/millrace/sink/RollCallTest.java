package io.millrace.sink;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.sink.destination.MemoryDestination;
import io.millrace.sink.destination.Operations;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class RollCallTest {
    private final Operations notes = new MemoryDestination(new MemoryDestination.Database(), "sink")
            .operations()
            .orElseThrow();
    private long seconds;

    private RollCall task(int number, int tasks) {
        return new RollCall(notes, new SinkSettings.Place(number, tasks), () -> TimeUnit.SECONDS.toNanos(seconds));
    }

    private void pass(long more, RollCall... tasks) {
        for (long i = 0; i < more; i++) {
            seconds++;
            for (RollCall task : tasks) {
                task.look();
            }
        }
    }

    private Set<TopicPartition> added(int partition) {
        return notes.added(Set.of(new TopicPartition("t", partition)), false);
    }

    @Test
    void anOnlyTaskHasAllPartitions() {
        RollCall task = task(0, 1);
        assertThat(task.look()).isEqualTo(-1);
        assertThat(added(0)).isEmpty();
        task.noted(Set.of("t"));
        assertThat(added(1)).hasSize(1);
    }

    @Test
    void ofSeveralTasksEachHasToSayIt() {
        RollCall one = task(0, 2);
        RollCall two = task(1, 2);
        assertThat(added(0)).isEmpty();
        one.noted(Set.of("t"));
        pass(100, one);
        assertThat(notes.incomplete()).containsExactly("t");
        assertThat(added(1)).isEmpty();
        pass(100, one, two);
        assertThat(notes.incomplete()).isEmpty();
        assertThat(added(2)).hasSize(1);
    }

    @Test
    void aTaskIsSilentUntilItsAssignmentIsSteady() {
        RollCall one = task(0, 2);
        RollCall two = task(1, 2);
        added(0);
        for (int i = 0; i < 20; i++) {
            pass(RollCall.STEADY_SECONDS - RollCall.LOOK_SECONDS, one, two);
            two.reassigned();
        }
        assertThat(notes.incomplete()).containsExactly("t");
        pass(RollCall.STEADY_SECONDS + RollCall.LOOK_SECONDS, one, two);
        assertThat(notes.incomplete()).isEmpty();
    }

    @Test
    void aTopicThatComesLaterIsFound() {
        RollCall one = task(0, 2);
        RollCall two = task(1, 2);
        pass(100, one, two);
        added(0);
        pass(100, one, two);
        assertThat(notes.incomplete()).isEmpty();
    }
}
