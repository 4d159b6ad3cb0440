package io.millrace.source.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.core.Manifest;
import io.millrace.source.catalog.CatalogTable;
import io.millrace.source.catalog.TableId;
import io.millrace.source.position.Phase;
import io.millrace.source.position.TableProgress;
import io.millrace.source.position.Tally;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
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

    private static WholeTable whole(List<String> key, TableProgress... lanes) {
        TableId id = new TableId("s", "t");
        Piece piece = new Piece(
                new CatalogTable(1, id, 'r', false, 'd', 100, 10, List.of(), key), id, 1, new Cut.Blocks(10, 100, 3));
        return WholeTable.of(List.of(piece), Map.of(piece.stored().toString(), List.of(lanes)), 77);
    }

    private static TableProgress lane(int... chunks) {
        TableProgress lane = new TableProgress(77, new Cut.Blocks(10, 100, 3).id(), 3, new BitSet());
        for (int chunk : chunks) {
            lane = lane.with(chunk, new Tally(10, 100));
        }
        return lane;
    }

    @Test
    void aChunkThatTwoTasksToldDoublesRowsOnlyWithoutAKey() {
        assertThat(whole(List.of(), lane(0, 2), lane(1))).isEqualTo(new WholeTable(30, false));
        assertThat(whole(List.of(), lane(0, 2), lane(1, 2))).isEqualTo(new WholeTable(40, true));
        assertThat(whole(List.of("id"), lane(0, 2), lane(1, 2)).doubled()).isFalse();
    }

    @Test
    void ordersOfAProcessRise() {
        assertThat(Manifest.nextOrder()).isLessThan(Manifest.nextOrder());
    }
}
