package io.millrace.source.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.source.SourceRecord;
import org.junit.jupiter.api.Test;

class HandoffTest {
    private final Handoff handoff = new Handoff(1 << 24, 2000);

    private static SourceRecord record(int number) {
        return new SourceRecord(Map.of(), Map.of(), "t", null, null, number);
    }

    private void put(int first, int count, long bytes) throws InterruptedException {
        List<SourceRecord> records = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            records.add(record(first + i));
        }
        handoff.put(new Handoff.Batch(List.copyOf(records), bytes), () -> {});
    }

    private List<Object> poll() throws InterruptedException {
        List<SourceRecord> records = handoff.poll(0);
        return records == null
                ? List.of()
                : records.stream().map(SourceRecord::value).toList();
    }

    @Test
    void smallBatchesThatWaitAreTakenTogetherInTheirOrder() throws Exception {
        for (int i = 0; i < 1500; i++) {
            put(i, 1, 700);
        }
        List<Object> taken = new ArrayList<>();
        int polls = 0;
        for (List<Object> next = poll(); !next.isEmpty(); next = poll()) {
            taken.addAll(next);
            polls++;
        }
        assertThat(polls).isLessThan(3);
        assertThat(taken).hasSize(1500).isSorted();
    }

    @Test
    void largeBatchesStayApart() throws Exception {
        put(0, 1500, 1 << 19);
        put(1500, 1500, 1 << 19);
        put(3000, 1, 1 << 20);
        assertThat(poll()).hasSize(1500);
        assertThat(poll()).hasSize(1500);
        assertThat(poll()).containsExactly(3000);
        assertThat(poll()).isEmpty();
    }

    @Test
    void whatTheReaderFailedWithComesAfterWhatItRead() throws Exception {
        put(0, 1, 1);
        put(1, 1, 1);
        handoff.fail(new ConnectException("gone"));
        assertThat(poll()).containsExactly(0, 1);
        assertThatThrownBy(this::poll).hasMessage("gone");
    }
}
