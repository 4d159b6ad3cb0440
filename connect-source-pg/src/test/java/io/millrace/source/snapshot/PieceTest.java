package io.millrace.source.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.source.catalog.CatalogTable;
import io.millrace.source.catalog.TableId;
import java.util.List;
import org.junit.jupiter.api.Test;

class PieceTest {
    private static Piece piece(int blocks, int chunks) {
        TableId id = new TableId("s", "t");
        return new Piece(
                new CatalogTable(1, id, 'r', false, 'd', 100, 10, List.of(), List.of()),
                id,
                1,
                new Cut.Blocks(10, blocks, chunks));
    }

    @Test
    void chunksMeetAndTheLastIsOpen() {
        Piece piece = piece(100, 3);
        assertThat(piece.cut().condition(0)).isEqualTo("ctid < '(100,0)'::tid");
        assertThat(piece.cut().condition(1)).isEqualTo("ctid >= '(100,0)'::tid AND ctid < '(200,0)'::tid");
        assertThat(piece.cut().condition(2)).isEqualTo("ctid >= '(200,0)'::tid");
    }

    @Test
    void aSingleChunkIsTheWholeTable() {
        assertThat(piece(100, 1).cut().condition(0)).isEmpty();
    }

    @Test
    void blocksPastTwoThousandMillionDoNotOverflow() {
        assertThat(piece(1 << 17, 32_000).cut().condition(31_000)).contains("'(4063232000,0)'");
    }

    @Test
    void chunkSizeFollowsTheWidthOfTheRows() {
        assertThat(CopyPlan.blocksPerChunk(100, 5, 8192, 500_000)).isEqualTo(7812);
        assertThat(CopyPlan.blocksPerChunk(0, 5, 8192, 500_000)).isEqualTo(9033);
        assertThat(CopyPlan.blocksPerChunk(1e9, 5, 8192, 500_000)).isEqualTo(1 << 17);
        assertThat(CopyPlan.blocksPerChunk(1, 1, 8192, 1)).isEqualTo(1);
    }

    @Test
    void aChunkBelongsToOneTaskHoweverManyChunksThereAre() {
        for (int tasks = 1; tasks < 20; tasks++) {
            for (int chunk = 0; chunk < 500; chunk++) {
                int home = piece(100, chunk + 1).home(chunk, tasks);
                assertThat(home).isBetween(0, tasks - 1);
                assertThat(piece(100, chunk + 2).home(chunk, tasks)).isEqualTo(home);
                assertThat(piece(100, 2 * chunk + 50).home(chunk, tasks)).isEqualTo(home);
            }
        }
    }

    @Test
    void tasksHaveEquallyMuchInFewRanges() {
        int chunks = 32_000;
        for (int tasks : new int[] {1, 2, 3, 7, 16}) {
            int[] own = new int[tasks];
            int ranges = 0;
            int before = -1;
            for (int chunk = 0; chunk < chunks; chunk++) {
                int home = piece(100, chunks).home(chunk, tasks);
                own[home]++;
                ranges += home == before ? 0 : 1;
                before = home;
            }
            for (int of : own) {
                assertThat(of).as("of %s tasks", tasks).isBetween(chunks * 3 / 4 / tasks, chunks * 5 / 4 / tasks + 1);
            }
            assertThat(ranges).as("ranges of %s tasks", tasks).isLessThan(100 * tasks);
        }
        assertThat(piece(100, 2).home(0, 2)).isNotEqualTo(piece(100, 2).home(1, 2));
    }
}
