package io.millrace.source.query;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.kafka.connect.data.Struct;
import org.jspecify.annotations.Nullable;

/**
 * Passes a range's rows on so that it is known how far it has been read when the reading ends early: the rows of one place
 * (a block, or a value of the watermark) go out together, when the next place begins. So what has gone out is whole, and
 * is not read again. Of a place with more than {@value #MOST_ROWS} rows or {@value #MOST_BYTES} bytes the first go out
 * before the last have come: these come again if the reading ends in the middle of it. For one thread.
 */
final class PartRead {
    private static final int MOST_ROWS = 1000;
    private static final int MOST_BYTES = 1 << 20;

    private final Range range;
    private final @Nullable Along along;
    private final Rows rows;
    private final MirrorOutput.Lane lane;
    private final List<Struct> held = new ArrayList<>();
    private int[] sizes = new int[64];
    private long heldBytes;
    private byte[] at = {};

    /** What makes records of rows, when they go out: an earlier record could carry an older offset than what went out before. */
    @FunctionalInterface
    interface Rows {
        void give(Struct row, int size) throws InterruptedException;
    }

    PartRead(Range range, Rows rows, MirrorOutput.Lane lane) {
        this.range = range;
        this.along = range.along();
        this.rows = rows;
        this.lane = lane;
    }

    /** The next row is of the place that these bytes name. */
    void at(byte[] bytes, int offset, int length) throws InterruptedException {
        if (along == null) {
            return;
        }
        int counted = along.bytes(length);
        if (!Arrays.equals(at, 0, at.length, bytes, offset, offset + counted)) {
            give();
            at = Arrays.copyOfRange(bytes, offset, offset + counted);
        }
    }

    void row(Struct row, int size) throws InterruptedException {
        if (along == null) {
            rows.give(row, size);
            return;
        }
        if (held.size() == sizes.length) {
            sizes = Arrays.copyOf(sizes, 2 * sizes.length);
        }
        sizes[held.size()] = size;
        held.add(row);
        heldBytes += size;
        if (held.size() >= MOST_ROWS || heldBytes >= MOST_BYTES) {
            give();
        }
    }

    private void give() throws InterruptedException {
        for (int i = 0; i < held.size(); i++) {
            rows.give(held.get(i), sizes[i]);
        }
        held.clear();
        heldBytes = 0;
    }

    /** All rows have come. */
    void end() throws InterruptedException {
        give();
        lane.flush();
    }

    /**
     * No more rows will come, though there are some.
     *
     * @return what has been read whole; null for nothing
     */
    Spans.@Nullable Span broken() throws InterruptedException {
        held.clear();
        lane.flush();
        BigInteger place = along == null || at.length == 0 ? null : along.place(at);
        if (place == null) {
            return null;
        }
        BigInteger from = range.span().from();
        BigInteger last = place.subtract(BigInteger.ONE);
        return from != null && last.compareTo(from) < 0 ? null : new Spans.Span(from, last);
    }
}
