package io.millrace.source.batch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.source.SourceRecord;
import org.junit.jupiter.api.Test;

class RecordBatchesTest {
    private final Handoff handoff = new Handoff(1 << 30, 1);

    private static SourceRecord row() {
        return new SourceRecord(Map.of(), Map.of(), "t", Schema.STRING_SCHEMA, "row");
    }

    private static void transaction(RecordBatches batches, int rows) throws InterruptedException {
        for (int i = 0; i < rows; i++) {
            batches.add(row(), 10);
        }
        batches.transactionEnd();
    }

    private int polled() throws InterruptedException {
        List<SourceRecord> records = handoff.poll(0);
        return records == null ? 0 : records.size();
    }

    @Test
    void aBatchIsFullAtItsSize() throws InterruptedException {
        RecordBatches batches = new RecordBatches(handoff, 10, 1 << 20, false);
        transaction(batches, 25);
        batches.idle(true);
        assertThat(List.of(polled(), polled(), polled(), polled())).containsExactly(10, 10, 5, 0);
    }

    @Test
    void wholeTransactionsAreKeptTogetherBeyondThat() throws InterruptedException {
        RecordBatches batches = new RecordBatches(handoff, 10, 1 << 20, true);
        transaction(batches, 25);
        transaction(batches, 3);
        transaction(batches, 8);
        batches.idle(false);
        assertThat(List.of(polled(), polled(), polled())).containsExactly(25, 11, 0);
    }

    @Test
    void aPauseOfTheServerDoesNotSplitATransaction() throws InterruptedException {
        RecordBatches batches = new RecordBatches(handoff, 10, 1 << 20, true);
        batches.add(row(), 10);
        batches.idle(true);
        assertThat(polled()).isZero();
        transaction(batches, 1);
        batches.idle(false);
        assertThat(polled()).isEqualTo(2);
    }

    @Test
    void aTransactionThatIsTooLargeIsSplit() throws InterruptedException {
        RecordBatches batches = new RecordBatches(handoff, 10, 1 << 20, true);
        transaction(batches, 12_000);
        assertThat(List.of(polled(), polled(), polled())).containsExactly(5000, 5000, 2000);
    }

    @Test
    void aTransactionIsNotSplitForWhatCameBeforeIt() throws InterruptedException {
        RecordBatches batches = new RecordBatches(handoff, 2048, 1 << 20, true);
        transaction(batches, 1500);
        transaction(batches, 4500);
        assertThat(List.of(polled(), polled(), polled())).containsExactly(1500, 4500, 0);
    }

    @Test
    void norForTheirBytes() throws InterruptedException {
        RecordBatches batches = new RecordBatches(handoff, 2048, 1 << 20, true);
        batches.add(row(), 300_000);
        batches.transactionEnd();
        for (int i = 0; i < 4; i++) {
            batches.add(row(), 600_000);
        }
        batches.transactionEnd();
        assertThat(List.of(polled(), polled(), polled())).containsExactly(1, 4, 0);
    }

    /** What is over goes out while the source is silent, and what has begun waits for its end. */
    @Test
    void aPauseHandsOverWhatIsOver() throws InterruptedException {
        RecordBatches batches = new RecordBatches(handoff, 2048, 1 << 20, true);
        transaction(batches, 3);
        batches.add(row(), 10);
        batches.idle(true);
        batches.idle(true);
        assertThat(List.of(polled(), polled())).containsExactly(3, 0);
        transaction(batches, 1);
        batches.idle(false);
        assertThat(List.of(polled(), polled())).containsExactly(2, 0);
    }

    @Test
    void aSplitTransactionLeavesTheNextWhole() throws InterruptedException {
        RecordBatches batches = new RecordBatches(handoff, 2048, 1 << 20, true);
        transaction(batches, 100);
        transaction(batches, 5001);
        transaction(batches, 5000);
        assertThat(List.of(polled(), polled(), polled(), polled())).containsExactly(100, 5000, 1, 5000);
    }
}
