package io.millrace.source.position;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class DebeziumEventsTest {
    private static final Map<String, Object> MIDDLE =
            Map.of("lsn", 120L, "lsn_commit", 100L, "txId", 7L, "messageType", "INSERT", "lsn_events_processed", 2L);

    private static StreamPosition position(String key, Object value) {
        Map<String, Object> offset = new HashMap<>(MIDDLE);
        offset.put(key, value);
        return Objects.requireNonNull(StreamPosition.of(offset));
    }

    @Test
    void eventsUpToTheStoredOneAreCovered() {
        StreamPosition position = position("lsn", 120L);
        assertThat(position.covers(200, 1, 7, 110)).isTrue();
        assertThat(position.covers(200, 2, 7, 120)).isTrue();
        assertThat(position.covers(200, 3, 7, 120)).isTrue();
        assertThat(position.covers(200, 4, 7, 120)).isFalse();
        assertThat(position.covers(200, 5, 7, 130)).isFalse();
        assertThat(position.in("anew").covers(200, 2, 7, 120)).isTrue();
    }

    @Test
    void otherTransactionsAreNot() {
        assertThat(position("lsn", 120L).covers(200, 1, 8, 110)).isFalse();
        assertThat(position("messageType", "COMMIT").covers(200, 1, 7, 110)).isFalse();
        assertThat(position("millrace.ordinal", 1L).covers(200, 2, 7, 110)).isFalse();
    }
}
