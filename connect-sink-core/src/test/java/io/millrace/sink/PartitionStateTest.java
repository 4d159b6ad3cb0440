package io.millrace.sink;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.sink.destination.Claim;
import io.millrace.sink.destination.LastRecord;
import io.millrace.sink.destination.TableId;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.connect.sink.SinkRecord;
import org.junit.jupiter.api.Test;

class PartitionStateTest {
    private static final TopicPartition PARTITION = new TopicPartition("mirror.shop.orders", 0);
    private static final TableId TABLE = TableId.of("shop", "orders");

    private final PartitionState state = new PartitionState(PARTITION, 0, SinkSettings.LedgerMissing.FAIL);
    private int letters;

    private static SinkRecord record(long offset) {
        return new SinkRecord(
                PARTITION.topic(), 0, null, null, null, "x", offset, 1000 + offset, TimestampType.CREATE_TIME);
    }

    private Future<Void> letter() {
        letters++;
        return CompletableFuture.completedFuture(null);
    }

    private void report(long offset) {
        assertThat(state.admit(record(offset))).isEqualTo(PartitionState.Admission.TAKE);
        state.report(offset, this::letter);
        state.taken(record(offset));
    }

    @Test
    void aPartitionOfNothingButDeadLettersIsNotReadAgainAndNotKeptInMind() {
        state.claimed(Map.of());
        for (long offset = 0; offset < 10; offset++) {
            report(offset);
        }
        state.passed(8);
        state.claimed(Map.of());
        assertThat(state.seekTo()).isEqualTo(8);
        state.delivered();
        report(8);
        assertThat(letters).isEqualTo(10);
        // Only what may come again is kept.
        state.report(7, this::letter);
        assertThat(letters).isEqualTo(11);
    }
}
