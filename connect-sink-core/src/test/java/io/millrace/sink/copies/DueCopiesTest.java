package io.millrace.sink.copies;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.sink.copies.DueCopies.Due;
import io.millrace.sink.destination.Generations.Generation;
import io.millrace.sink.destination.Generations.Missing;
import io.millrace.sink.destination.Generations.Replaced;
import io.millrace.sink.destination.TableId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.errors.RetriableException;
import org.junit.jupiter.api.Test;

class DueCopiesTest {
    private static final TableId ONE = TableId.of("shop", "one");
    private static final TableId TWO = TableId.of("shop", "two");
    private static final List<Due> BOTH = List.of(due(ONE, "ended"), due(TWO, "ended"));

    private final DueCopies copies = new DueCopies();
    private final List<TableId> tried = new ArrayList<>();
    private final Map<TableId, ConnectException> failing = new HashMap<>();
    private boolean reachable = true;

    private static Due due(TableId table, String state) {
        return new Due(Generation.of(table, "g"), state);
    }

    private Replaced run(List<Due> due) {
        tried.clear();
        return copies.run(due, this::carryOut, () -> {
            if (!reachable) {
                throw new RetriableException("nobody there");
            }
        });
    }

    private boolean carryOut(Due due) {
        TableId table = due.generation().target();
        tried.add(table);
        ConnectException failure = failing.get(table);
        if (failure != null) {
            throw failure;
        }
        return due.state().equals("ended");
    }

    @Test
    void oneThatFailsIsLeftAloneAndTheOthersAreNot() {
        failing.put(ONE, new ConnectException("never"));
        Replaced replaced = run(BOTH);
        assertThat(replaced.tables()).containsExactly(TWO);
        assertThat(replaced.failed()).containsOnlyKeys(ONE);
        replaced = run(BOTH);
        assertThat(tried).containsExactly(TWO);
        assertThat(replaced.failed()).isEmpty();
        failing.clear();
        run(List.of(due(ONE, "over")));
        assertThat(tried).as("something else is to be done about it").containsExactly(ONE);
        assertThat(run(BOTH).tables()).as("it was not due meanwhile").containsExactly(ONE, TWO);
    }

    @Test
    void oneThatIsLockedIsTriedAgain() {
        failing.put(ONE, new RetriableException("locked"));
        assertThat(run(BOTH).tables()).containsExactly(TWO);
        assertThat(run(BOTH).failed()).containsOnlyKeys(ONE);
        failing.clear();
        assertThat(run(BOTH).tables()).containsExactly(ONE, TWO);
    }

    @Test
    void aTargetThatDoesNotAnswerEndsTheRound() {
        failing.put(ONE, new RetriableException("no answer"));
        reachable = false;
        assertThatThrownBy(() -> run(BOTH)).isInstanceOf(RetriableException.class);
        assertThat(tried).containsExactly(ONE);
    }

    @Test
    void whatIsMissingIsToldInOrder() {
        TopicPartition first = new TopicPartition("a", 2);
        TopicPartition second = new TopicPartition("a", 10);
        TopicPartition third = new TopicPartition("b", 0);
        TopicPartition done = new TopicPartition("a", 0);
        Told told = new Told(Map.of(third, 5L, first, 0L, second, 7L, done, 3L), -1);
        assertThat(told.missing(Map.of(done, 4L, second, 7L, new TopicPartition("c", 0), 9L)))
                .containsExactly(new Missing(first, 0, -1), new Missing(second, 7, 7), new Missing(third, 5, -1));
        assertThat(told.missing(Map.of(done, 4L, second, 8L, first, 1L, third, 6L)))
                .isEmpty();
    }

    @Test
    void moreRowsThanToldAreTooMany() {
        assertThat(new Told(Map.of(), 3).isDoubled(4)).isTrue();
        assertThat(new Told(Map.of(), 3).isDoubled(3)).isFalse();
        assertThat(new Told(Map.of(), 0).isDoubled(1)).isTrue();
        assertThat(new Told(Map.of(), -1).isDoubled(1)).isFalse();
    }
}
