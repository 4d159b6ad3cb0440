package io.millrace.sink;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.sink.destination.TableId;
import org.junit.jupiter.api.Test;

/** How long a table waits for a lock, and when it is tried again. */
class WaitsTest {
    private static final TableId TABLE = TableId.of("shop", "orders");
    private static final FlushResult.Blocked LOCKED = new FlushResult.Blocked("locked", false);
    private static final FlushResult.Blocked REPLACED = new FlushResult.Blocked("replaced", true);

    private long millis = 1_000_000;
    private final Waits waits = new Waits(new SinkSettings.Flushing(1, 1, 1, 10_000, 60_000), () -> millis * 1_000_000);

    private void tried(long left) {
        assertThat(waits.millisLeft()).isEqualTo(left);
        assertThat(waits.due()).isEmpty();
        millis += left - 1;
        assertThat(waits.due()).isEmpty();
        millis++;
        assertThat(waits.due()).containsExactly(TABLE);
        waits.tried(waits.due());
        assertThat(waits.due()).isEmpty();
        assertThat(waits.onTrial()).containsExactly(TABLE);
        assertThat(waits.millisLeft()).isEqualTo(-1);
    }

    @Test
    void itIsTriedEverLessOften() {
        for (long pause : new long[] {500, 1000, 2000, 4000}) {
            assertThat(waits.blocked(TABLE, LOCKED)).isNull();
            assertThat(waits.onTrial()).isEmpty();
            tried(pause);
        }
        millis += 2499;
        assertThat(waits.blocked(TABLE, LOCKED)).isNull();
        millis++;
        assertThat(waits.blocked(TABLE, LOCKED)).contains("shop.orders", "flush.timeout.ms=10000", "locked");
    }

    @Test
    void aReplacementHasItsOwnTime() {
        assertThat(waits.blocked(TABLE, REPLACED)).isNull();
        millis += 59_999;
        assertThat(waits.blocked(TABLE, REPLACED)).isNull();
        tried(1000);
        assertThat(waits.blocked(TABLE, REPLACED)).contains("overwrite.timeout.ms=60000");
        assertThat(waits.blocked(TABLE, LOCKED))
                .as("of another session, since now")
                .isNull();
        millis += 10_000;
        assertThat(waits.blocked(TABLE, LOCKED)).isNotNull();
    }

    @Test
    void whatHasEndedBeginsAnew() {
        waits.blocked(TABLE, LOCKED);
        millis += 9_000;
        waits.ended(TABLE, "is written");
        assertThat(waits.tables()).isEmpty();
        assertThat(waits.millisLeft()).isEqualTo(-1);
        millis += 9_000;
        assertThat(waits.blocked(TABLE, LOCKED)).isNull();
        tried(500);
    }
}
