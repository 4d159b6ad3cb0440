package io.millrace.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.source.meter.Meters;
import io.millrace.source.position.Phase;
import io.millrace.source.position.StoredOffsets;
import io.millrace.source.position.StreamOffset;
import io.millrace.source.position.StreamPosition;
import java.time.Clock;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.connect.errors.ConnectException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ConfirmationsTest {
    private final Semaphore answers = new Semaphore(0);
    private final Semaphore looks = new Semaphore(0);
    private final BlockingQueue<Long> confirmed = new LinkedBlockingQueue<>();

    private final BlockingQueue<String> warnings = new LinkedBlockingQueue<>();
    private final Meters meters = new Meters(Clock.systemUTC());
    private final AtomicLong now = new AtomicLong();
    private final Unconfirmed unconfirmed = new Unconfirmed("shop_slot", meters, warnings::add, now::get);
    private volatile boolean broken;

    /** Answers when it is let. */
    private final MemoryOffsets offsets = new MemoryOffsets() {
        @Override
        public <T> @Nullable Map<String, Object> offset(Map<String, T> partition) {
            looks.release();
            answers.acquireUninterruptibly();
            if (broken) {
                throw new ConnectException("no brokers");
            }
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
                new Confirmations(new StoredOffsets(offsets, "shop"), "shop", confirmed::add, unconfirmed)) {
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
    void offsetsThatCannotBeReadAreWarnedOfUntilTheyCan() throws InterruptedException {
        stored(1);
        answers.release(1000);
        broken = true;
        try (Confirmations confirmations =
                new Confirmations(new StoredOffsets(offsets, "shop"), "shop", confirmed::add, unconfirmed)) {
            confirmations.ask();
            assertThat(warnings.take()).contains("shop_slot", "no brokers", "keeps all WAL", "offset.storage.topic");
            assertThat(meters.confirmFailingMillis()).isPositive();
            broken = false;
            confirmations.ask();
            assertThat(confirmed.take()).isEqualTo(1);
            assertThat(warnings.take()).contains("shop_slot", "again");
            assertThat(meters.confirmFailingMillis()).isZero();
        }
    }

    @Test
    void warningsComeOnceAMinute() {
        unconfirmed.failed("no brokers");
        now.set(TimeUnit.SECONDS.toNanos(59));
        unconfirmed.failed("no brokers");
        assertThat(warnings).hasSize(1);
        now.set(TimeUnit.SECONDS.toNanos(61));
        unconfirmed.failed("no brokers");
        assertThat(warnings).hasSize(2).last().asString().contains("61 s");
        unconfirmed.over();
        unconfirmed.over();
        assertThat(warnings).hasSize(3);
        unconfirmed.failed("no brokers");
        assertThat(warnings).as("another time").hasSize(4);
    }

    @Test
    void anAnswerThatDoesNotComeIsWarnedOf() {
        unconfirmed.waits(0);
        assertThat(warnings).isEmpty();
        now.set(TimeUnit.SECONDS.toNanos(90));
        unconfirmed.waits(0);
        assertThat(warnings).hasSize(1).last().asString().contains("90 s", "without an answer");
    }

    @Test
    void asksAfterTheEndAreNothing() throws InterruptedException {
        Confirmations confirmations =
                new Confirmations(new StoredOffsets(offsets, "shop"), "shop", confirmed::add, unconfirmed);
        confirmations.close();
        confirmations.ask();
        assertThat(looks.tryAcquire(50, TimeUnit.MILLISECONDS)).isFalse();
    }
}
