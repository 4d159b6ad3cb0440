package io.millrace.sink;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.sink.destination.Claim;
import io.millrace.sink.destination.LastRecord;
import io.millrace.sink.destination.Outcome;
import io.millrace.sink.destination.TableId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.connect.sink.SinkRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PartitionStateTest {
    private static final TopicPartition PARTITION = new TopicPartition("mirror.shop.orders", 0);
    private static final TableId TABLE = TableId.of("shop", "orders");

    private final List<String> warnings = new ArrayList<>();
    private final PartitionState state =
            new PartitionState(PARTITION, 0, SinkSettings.LedgerMissing.FAIL, warnings::add);
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
        state.deadLetters().report(offset, this::letter);
        state.taken(record(offset));
    }

    private void goOnAt(long offset, @Nullable LastRecord last) {
        state.claimed(Map.of(TABLE, new Claim(10, 1, last)));
        assertThat(state.seekTo()).isEqualTo(last == null ? 10 : 9);
        state.delivered();
        assertThat(state.admit(record(offset)))
                .isEqualTo(offset < 10 ? PartitionState.Admission.SKIP : PartitionState.Admission.TAKE);
    }

    @Test
    void recordsThatAreGoneFromTheTopicAreToldOf() {
        LastRecord last = new LastRecord(9, 1009, 0);
        goOnAt(10, last);
        assertThat(warnings).isEmpty();
        goOnAt(12, last);
        assertThat(warnings).hasSize(1);
        assertThat(warnings.get(0)).contains(PARTITION.toString(), "offset 9", "12");
        state.admit(record(20));
        goOnAt(11, null);
        assertThat(warnings).hasSize(2);
    }

    /** Markers of transactions take up offsets, so a gap behind the last record says nothing. */
    @Test
    void gapsBehindTheLastRecordAreNone() {
        goOnAt(9, new LastRecord(9, 1009, 0));
        state.admit(record(13));
        assertThat(warnings).isEmpty();
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
        state.deadLetters().report(7, this::letter);
        assertThat(letters).isEqualTo(11);
    }

    @Test
    void aFlushOfNothingButDeadLettersPassesThem() {
        Partitions partitions = new Partitions(SinkSettings.LedgerMissing.FAIL, new Parked(Set.of()));
        partitions.open(List.of(PARTITION));
        partitions.claimed(PARTITION, Map.of());
        for (long offset = 0; offset < 3; offset++) {
            PartitionState each = partitions.of(record(offset));
            assertThat(each.admit(record(offset))).isEqualTo(PartitionState.Admission.TAKE);
            each.taken(record(offset));
        }
        Flush flush = new Flush(
                List.of(),
                List.of(),
                Map.of(),
                List.of(),
                Map.of(PARTITION, 3L),
                List.of(),
                Set.of(),
                Set.of(),
                Set.of(),
                Set.of());
        partitions.applied(new FlushResult.Done(flush, Map.of(), new Outcome.Applied(0, 0, 0, 0)));
        assertThat(partitions.durable()).isEmpty();
        assertThat(partitions.claimed(PARTITION, Map.of()).seekTo()).isEqualTo(3);
    }
}
