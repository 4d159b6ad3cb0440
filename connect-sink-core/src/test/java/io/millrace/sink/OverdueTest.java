package io.millrace.sink;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.sink.destination.Generations.Awaited;
import io.millrace.sink.destination.Generations.Missing;
import io.millrace.sink.destination.TableId;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class OverdueTest {
    private static final TableId STOCK = TableId.of("public", "stock");
    private static final long MINUTE = 60_000;

    private final List<Awaited> awaited = new ArrayList<>();
    private final List<String> warnings = new ArrayList<>();
    private long now = 5;
    private int looks;
    private final Overdue overdue = new Overdue(
            () -> {
                looks++;
                return List.copyOf(awaited);
            },
            warnings::add,
            () -> now);

    private void await(String id, long millis) {
        awaited.clear();
        awaited.add(new Awaited(
                STOCK,
                id,
                millis,
                List.of(
                        new Missing(new TopicPartition("mirror.public.stock", 0), 17, 12),
                        new Missing(new TopicPartition("mirror.public.stock", 3), 4, -1))));
    }

    @Test
    void aCopyIsToldOfAfterTenMinutesAndThenEachHour() {
        await("g1", 4 * MINUTE);
        overdue.look(false, Set.of());
        assertThat(warnings).isEmpty();
        now += 6 * MINUTE - 1;
        assertThat(overdue.isDue()).isFalse();
        now += 1;
        assertThat(overdue.isDue()).isTrue();
        await("g1", 10 * MINUTE);
        overdue.look(false, Set.of());
        assertThat(warnings).hasSize(1);
        assertThat(warnings.get(0))
                .contains("g1", "public.stock", "10 minutes")
                .contains("mirror.public.stock-0 has to be read to offset 17 and is to 11")
                .contains("mirror.public.stock-3 has to be read to offset 4 and nothing of it was written yet");
        overdue.look(true, Set.of());
        now += 60 * MINUTE - 1;
        overdue.look(false, Set.of());
        assertThat(warnings).hasSize(1);
        now += 1;
        overdue.look(false, Set.of());
        assertThat(warnings).hasSize(2);
    }

    @Test
    void whatIsCompleteIsForgottenAndNothingIsLookedForUntilMoreIsTold() {
        await("g1", 11 * MINUTE);
        overdue.look(false, Set.of());
        awaited.clear();
        overdue.look(true, Set.of());
        now += 100 * 60 * MINUTE;
        overdue.look(false, Set.of());
        assertThat(overdue.isDue()).isFalse();
        assertThat(looks).isEqualTo(2);
        await("g2", 12 * MINUTE);
        overdue.look(true, Set.of());
        assertThat(warnings).hasSize(2);
    }

    @Test
    void aTableThatIsPausedOrParkedIsKnownToWait() {
        await("g1", 11 * MINUTE);
        overdue.look(true, Set.of(STOCK));
        assertThat(warnings).isEmpty();
    }
}
