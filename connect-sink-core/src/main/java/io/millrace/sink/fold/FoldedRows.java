package io.millrace.sink.fold;

import io.millrace.sink.destination.Batch;
import io.millrace.sink.destination.RowBytes;
import java.io.IOException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** Reads a buffer's rows. */
final class FoldedRows implements Batch.Rows {
    private final Entries entries;
    private final RowLog log;
    private final Layouts layouts;
    private final int union;
    private final int afterDelete;
    private final @Nullable TopicPartition partition;

    FoldedRows(
            Entries entries,
            RowLog log,
            Layouts layouts,
            int union,
            int afterDelete,
            @Nullable TopicPartition partition) {
        this.entries = entries;
        this.log = log;
        this.layouts = layouts;
        this.union = union;
        this.afterDelete = afterDelete;
        this.partition = partition;
    }

    @Override
    public @Nullable TopicPartition partition() {
        return partition;
    }

    @Override
    public long offset(int ordinal) {
        return entries.offset(ordinal);
    }

    @Override
    public int count() {
        return entries.size();
    }

    @Override
    public void forEach(Batch.Visitor visitor) throws IOException {
        int width = layouts.columns().size();
        for (int entry = 0; entry < entries.size(); entry++) {
            int kind = entries.kind(entry);
            long address = entries.address(entry);
            byte[] chunk = log.chunk(address);
            int start = log.offset(address) + entries.keyLength(entry);
            int length = entries.rowLength(entry);
            int layout = entries.layout(entry);
            if ((kind & afterDelete) != 0 && layouts.get(layout).length < width) {
                RowBytes whole = widen(chunk, start, layouts.get(layout), width);
                visitor.row(kind & ~afterDelete, union, whole.array(), 0, whole.length(), entries.micros(entry));
            } else {
                visitor.row(kind & ~afterDelete, layout, chunk, start, length, entries.micros(entry));
            }
        }
    }

    private static RowBytes widen(byte[] chunk, int start, int[] layout, int width) {
        int[] starts = fieldStarts(chunk, start, layout.length);
        RowBytes whole = new RowBytes();
        for (int column = 0; column < width; column++) {
            int place = java.util.Arrays.stream(layout).boxed().toList().indexOf(column);
            if (place < 0) {
                whole.putInt(-1);
            } else {
                whole.put(chunk, starts[place], starts[place + 1] - starts[place]);
            }
        }
        return whole;
    }

    /** Where each of the fields begins, lengths included; one more than fields, the last being the end. */
    static int[] fieldStarts(byte[] bytes, int start, int fields) {
        int[] starts = new int[fields + 1];
        int at = start;
        for (int i = 0; i < fields; i++) {
            starts[i] = at;
            int length = (bytes[at] & 0xff) << 24
                    | (bytes[at + 1] & 0xff) << 16
                    | (bytes[at + 2] & 0xff) << 8
                    | (bytes[at + 3] & 0xff);
            at += Integer.BYTES + Math.max(0, length);
        }
        starts[fields] = at;
        return starts;
    }
}
