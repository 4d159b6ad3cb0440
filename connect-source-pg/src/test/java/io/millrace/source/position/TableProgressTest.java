package io.millrace.source.position;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import java.util.List;
import org.junit.jupiter.api.Test;

class TableProgressTest {
    private static TableProgress progress(long generation, int blocks, int chunks, int... done) {
        BitSet set = new BitSet();
        for (int chunk : done) {
            set.set(chunk);
        }
        return new TableProgress(generation, blocks, chunks, set);
    }

    @Test
    void partitionHasOneOrderInEveryProcess() {
        assertThat(TableProgress.partition("p", "s.t", 3).keySet()).containsExactly("server", "table", "lane");
    }

    @Test
    void offsetGoesThereAndBack() {
        TableProgress progress = progress(77, 10, 9, 0, 1, 2, 5, 7, 8);
        assertThat(TableProgress.of(progress.offset())).isEqualTo(progress);
        assertThat(progress.offset()).containsEntry("done", "0-2,5,7-8");
    }

    @Test
    void isFinishedWhenTheLanesTogetherHaveEveryChunk() {
        TableProgress first = progress(1, 10, 3, 0, 2);
        assertThat(TableProgress.finished(List.of(first))).isNull();
        assertThat(TableProgress.finished(List.of(first, progress(1, 10, 4, 1))))
                .isEqualTo(1L);
    }

    @Test
    void chunksOfAnotherSnapshotOrSizeDoNotCount() {
        TableProgress first = progress(1, 10, 3, 0, 2);
        assertThat(TableProgress.finished(List.of(first, progress(2, 10, 3, 1))))
                .isNull();
        assertThat(TableProgress.finished(List.of(first, progress(1, 11, 3, 1))))
                .isNull();
    }

    @Test
    void anOffsetOfSomethingElseIsNoProgress() {
        assertThat(TableProgress.of(null)).isNull();
        assertThat(TableProgress.of(java.util.Map.of("lsn", 1L))).isNull();
    }

    @Test
    void rowsOfABegunChunkGoThereAndBack() {
        TableProgress progress = progress(77, 10, 9, 0).within(3, 250).within(5, 7);
        assertThat(TableProgress.of(progress.offset())).isEqualTo(progress);
        assertThat(progress.with(3).begun()).containsOnlyKeys(5);
        assertThat(TableProgress.rows(List.of(progress, progress(77, 10, 9).within(3, 300)), 77, 10, 3))
                .isEqualTo(300);
        assertThat(TableProgress.rows(List.of(progress), 78, 10, 3)).isZero();
    }

    @Test
    void whatOneLaneFoundVoidIsVoidForAll() {
        TableProgress found = progress(77, 10, 9).asVoid();
        assertThat(TableProgress.of(found.offset())).isEqualTo(found);
        assertThat(TableProgress.isVoid(List.of(progress(77, 10, 9, 1), found), 77))
                .isTrue();
        assertThat(TableProgress.isVoid(List.of(found), 78)).isFalse();
        assertThat(TableProgress.isVoid(List.of(found), 76)).isTrue();
        assertThat(TableProgress.isVoid(List.of(progress(77, 10, 9)), 77)).isFalse();
    }
}
