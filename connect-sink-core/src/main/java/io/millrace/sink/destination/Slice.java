package io.millrace.sink.destination;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** Some of a batch's rows: {@code from} inclusive to {@code to} exclusive. For finding a row that a target refuses. */
public record Slice(Batch.Rows whole, int from, int to) implements Batch.Rows {
    /** A batch of its own with these rows. */
    public static Batch of(Batch whole, int from, int to) {
        Slice rows = new Slice(whole.rows(), from, to);
        return new Batch(
                whole.table(),
                whole.columns(),
                whole.key(),
                whole.layouts(),
                whole.bookkeeping(),
                rows,
                rows.counts(),
                whole.truncateFirst());
    }

    @Override
    public int count() {
        return to - from;
    }

    @Override
    public @Nullable TopicPartition partition() {
        return whole.partition();
    }

    @Override
    public long offset(int ordinal) {
        return whole.offset(from + ordinal);
    }

    @Override
    public void forEach(Batch.Visitor visitor) throws IOException {
        int[] ordinal = {0};
        whole.forEach((kind, layout, bytes, offset, length, micros) -> {
            int at = ordinal[0]++;
            if (at >= from && at < to) {
                visitor.row(kind, layout, bytes, offset, length, micros);
            }
        });
    }

    private Batch.Counts counts() {
        int[] counts = new int[5];
        try {
            forEach((kind, layout, bytes, offset, length, micros) -> {
                counts[0] += (kind & Row.UPSERT) != 0 ? 1 : 0;
                counts[1] += (kind & Row.PATCH) != 0 ? 1 : 0;
                counts[2] += (kind & Row.MAY_BE_ABSENT) != 0 ? 1 : 0;
                counts[3] += (kind & Row.DELETE) != 0 ? 1 : 0;
                counts[4] += (kind & Row.FLAG) != 0 ? 1 : 0;
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new Batch.Counts(counts[0], counts[1], counts[2], counts[3], counts[4]);
    }
}
