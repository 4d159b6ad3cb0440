package io.millrace.source.snapshot;

import io.millrace.source.position.CopiedKeys;
import io.millrace.source.position.TableProgress;
import io.millrace.source.record.KeyOrder;
import java.util.AbstractMap;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.connect.data.Struct;
import org.jspecify.annotations.Nullable;

/** How far the reading of a chunk is; gives each row its source offset. Not thread-safe. */
final class ChunkPosition {
    private final TableProgress before;
    private final Cut cut;
    private final @Nullable KeyOrder keys;
    private final int chunk;
    private final long skipped;
    private long rows;
    private @Nullable Struct last;

    /**
     * @param cut what the chunk is one of
     * @param keys the order of the keys that the table is cut by; null where it is cut by something else
     * @param skipped how many of the chunk's rows were copied by an earlier reading
     */
    ChunkPosition(TableProgress before, Cut cut, @Nullable KeyOrder keys, int chunk, long skipped) {
        this.before = before;
        this.cut = cut;
        this.keys = keys;
        this.chunk = chunk;
        this.skipped = skipped;
        this.rows = skipped;
    }

    int chunk() {
        return chunk;
    }

    long skipped() {
        return skipped;
    }

    /** The offset of the next row: with it, that row is copied. */
    Map<String, ?> next(@Nullable Struct key) {
        rows++;
        last = keys == null ? null : key;
        return new Offset(this, rows, last);
    }

    TableProgress progress() {
        return rows == skipped ? before : at(rows, last);
    }

    private TableProgress at(long row, @Nullable Struct key) {
        return before.within(chunk, row, key == null || keys == null ? List.of() : keys.texts(key));
    }

    /** What is stored of a table: by its keys as well, where they can say it. */
    static Map<String, Object> stored(Cut cut, TableProgress progress) {
        Map<String, Object> offset = cut.by().with(progress.offset());
        if (!(cut instanceof Cut.Ranges ranges)
                || !ranges.keyed()
                || !progress.reached().keySet().equals(progress.begun().keySet())) {
            return offset;
        }
        BitSet own = (BitSet) progress.done().clone();
        own.andNot(cut.kept());
        return new CopiedKeys(ranges.file(), ranges.names(), ranges.ranges(own, progress.reached())).with(offset);
    }

    /** Becomes entries only when Connect stores it, which it does for one in thousands. */
    private static final class Offset extends AbstractMap<String, Object> {
        private final ChunkPosition position;
        private final long row;
        private final @Nullable Struct key;

        Offset(ChunkPosition position, long row, @Nullable Struct key) {
            this.position = position;
            this.row = row;
            this.key = key;
        }

        @Override
        public Set<Entry<String, Object>> entrySet() {
            return stored(position.cut, position.at(row, key)).entrySet();
        }
    }
}
