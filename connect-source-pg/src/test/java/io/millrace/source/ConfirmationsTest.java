package io.millrace.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.source.position.Phase;
import io.millrace.source.position.StoredOffsets;
import io.millrace.source.position.StreamOffset;
import io.millrace.source.position.StreamPosition;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ConfirmationsTest {
    private final Semaphore answers = new Semaphore(0);
    private final Semaphore looks = new Semaphore(0);
    private final BlockingQueue<Long> confirmed = new LinkedBlockingQueue<>();

    /** Answers when it is let. */
    private final MemoryOffsets offsets = new MemoryOffsets() {
        @Override
        public <T> @Nullable Map<String, Object> offset(Map<String, T> partition) {
            looks.release();
            answers.acquireUninterruptibly();
            return super.offset(partition);
        }
    };

    private void stored(long lsn) {
        offsets.store(Phase.partition("shop"), StreamOffset.between(StreamPosition.at(lsn, 0), 0));
    }

    @Test
    void whoAsksDoesNotWaitAndEveryCommitIsFound() throws InterruptedException {
        stored(1);
        try (Confirmations confirmations =
                new Confirmations(new StoredOffsets(offsets, "shop"), "shop", confirmed::add)) {
            confirmations.ask();
            looks.acquire();
            // The look under way may miss this one.
            stored(2);
            confirmations.ask();
            confirmations.ask();
            answers.release();
            assertThat(confirmed.take()).isIn(1L, 2L);
            answers.release();
            assertThat(confirmed.take()).isEqualTo(2);
            assertThat(looks.availablePermits()).as("two asked at once").isEqualTo(1);
        } finally {
            answers.release(1000);
        }
    }

    @Test
    void asksAfterTheEndAreNothing() throws InterruptedException {
        Confirmations confirmations = new Confirmations(new StoredOffsets(offsets, "shop"), "shop", confirmed::add);
        confirmations.close();
        confirmations.ask();
        assertThat(looks.tryAcquire(50, TimeUnit.MILLISECONDS)).isFalse();
    }
}
