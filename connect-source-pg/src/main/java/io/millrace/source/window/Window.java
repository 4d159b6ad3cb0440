package io.millrace.source.window;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * From the point of the stream at which the reading of a range is asked for to the point at which its rows go out: keeps
 * which rows the stream has shown in newer versions than the range was read in. Used by the stream's thread, but for
 * {@link #read}.
 */
final class Window {
    private final KeyRange range;
    private final long opened;
    private final Set<RowKey> changed = new HashSet<>();
    private final List<Change> undecided = new ArrayList<>();
    private volatile @Nullable Visibility visibility;
    private boolean emptied;
    private @Nullable Future<Chunk> chunk;

    /** @param key null where the whole table changed */
    private record Change(int xid, @Nullable RowKey key) {}

    /** @param opened how many transactions the stream had shown by then */
    Window(KeyRange range, long opened) {
        this.range = range;
        this.opened = opened;
    }

    KeyRange range() {
        return range;
    }

    long opened() {
        return opened;
    }

    void reading(Future<Chunk> future) {
        chunk = future;
    }

    @Nullable
    Future<Chunk> chunk() {
        return chunk;
    }

    /** What the range is being read in. Called by the reader, before it reads. */
    void read(Visibility in) {
        visibility = in;
    }

    /** The stream shows a row; with null, the whole table is emptied. */
    void changed(int xid, @Nullable RowKey key) {
        Visibility known = visibility;
        if (known == null) {
            undecided.add(new Change(xid, key));
        } else if (!known.shows(xid)) {
            newer(key);
        }
    }

    /** How many keys it holds. */
    int size() {
        return changed.size() + undecided.size();
    }

    /** Whether what was read of a row is older than what the stream has shown. To be asked once the chunk is there. */
    boolean outdates(@Nullable RowKey key) {
        decide();
        return emptied || key != null && changed.contains(key);
    }

    /** Whether anything of the table is older. */
    boolean outdatesAny() {
        decide();
        return emptied || !changed.isEmpty();
    }

    private void decide() {
        Visibility known = visibility;
        if (!undecided.isEmpty() && known != null) {
            for (Change change : undecided) {
                if (!known.shows(change.xid())) {
                    newer(change.key());
                }
            }
            undecided.clear();
        }
    }

    private void newer(@Nullable RowKey key) {
        if (key == null) {
            emptied = true;
        } else {
            changed.add(key);
        }
    }
}
