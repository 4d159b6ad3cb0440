package io.millrace.source.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.core.Manifest;
import io.millrace.source.position.Phase;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class CopyManifestsTest {
    private static final long GIGABYTE = 1L << 30;

    @Test
    void aLaterCopyComesLaterWhateverItsServersPosition() {
        long begun = Manifest.nextOrder();
        Phase.Copying before = new Phase.Copying(900 * GIGABYTE, 2).begunAt(begun);
        Phase.Copying restored = new Phase.Copying(GIGABYTE, 2).begunAt(Manifest.nextOrder());
        assertThat(CopyManifests.order(restored, GIGABYTE)).isGreaterThan(CopyManifests.order(before, 900 * GIGABYTE));
    }

    @Test
    void aLaterSnapshotOfACopyComesLaterButNotInTheFuture() {
        Phase.Copying copying = new Phase.Copying(GIGABYTE, 2).begunAt(Manifest.nextOrder());
        long first = CopyManifests.order(copying, GIGABYTE);
        long second = CopyManifests.order(copying, 10 * GIGABYTE);
        assertThat(first).isEqualTo(copying.begun());
        assertThat(second)
                .isGreaterThan(first)
                .isLessThan(first + Duration.ofMinutes(2).toMillis());
    }

    @Test
    void whenACopyBeganIsStored() {
        Phase.Copying copying = new Phase.Copying(5, 2).begunAt(1234).with(7).whole();
        assertThat(Phase.of(copying.offset())).isEqualTo(copying);
        assertThat(copying.begun()).isEqualTo(1234);
    }

    @Test
    void ordersOfAProcessRise() {
        assertThat(Manifest.nextOrder()).isLessThan(Manifest.nextOrder());
    }
}
