package io.millrace.sink.warehouse.bigquery;

import io.millrace.sink.destination.Batch;
import io.millrace.sink.warehouse.avro.AvroFile;
import io.millrace.sink.warehouse.bigquery.encode.Mapping;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The least and the greatest value of a key's columns in a batch. As constants in a MERGE's condition they keep BigQuery
 * from reading those partitions and blocks of the target that hold no key of the batch.
 *
 * @see <a href="https://cloud.google.com/bigquery/docs/querying-clustered-tables">Querying clustered tables</a>
 */
final class KeyBounds {
    /** Longer texts make no predicate. */
    private static final int LONGEST = 200;

    private final @Nullable Bound[] bounds;
    private final String[] names;

    KeyBounds(Batch batch) {
        int columns = batch.columns().size();
        bounds = new Bound[columns];
        names = new String[columns];
        for (int i = 0; i < columns; i++) {
            Batch.Column column = batch.columns().get(i);
            String type = column.encoding().form();
            names[i] = column.name();
            if (batch.key().contains(column.name())) {
                boolean text = type.equals("STRING");
                bounds[i] = text || Mapping.staged(type) == AvroFile.Type.LONG ? new Bound(type, text) : null;
            }
        }
    }

    void see(int column, byte[] bytes, int offset, int length) {
        Bound bound = bounds[column];
        if (bound != null) {
            bound.see(bytes, offset, length);
        }
    }

    Map<String, Loaded.Range> ranges() {
        Map<String, Loaded.Range> ranges = new LinkedHashMap<>();
        for (int i = 0; i < bounds.length; i++) {
            Loaded.Range range = bounds[i] == null ? null : bounds[i].range();
            if (range != null) {
                ranges.put(names[i], range);
            }
        }
        return ranges;
    }

    private static final class Bound {
        private final String type;
        private final boolean text;
        private long least = Long.MAX_VALUE;
        private long greatest = Long.MIN_VALUE;
        private byte @Nullable [] first;
        private byte @Nullable [] last;

        Bound(String type, boolean text) {
            this.type = type;
            this.text = text;
        }

        void see(byte[] bytes, int offset, int length) {
            if (!text) {
                long value = ByteBuffer.wrap(bytes, offset, length).getLong();
                least = Math.min(least, value);
                greatest = Math.max(greatest, value);
                return;
            }
            // BigQuery compares texts by their bytes.
            int end = offset + length;
            if (first == null || Arrays.compareUnsigned(bytes, offset, end, first, 0, first.length) < 0) {
                first = Arrays.copyOfRange(bytes, offset, end);
            }
            if (last == null || Arrays.compareUnsigned(bytes, offset, end, last, 0, last.length) > 0) {
                last = Arrays.copyOfRange(bytes, offset, end);
            }
        }

        Loaded.@Nullable Range range() {
            if (!text) {
                return least > greatest
                        ? null
                        : new Loaded.Range(
                                Mapping.read(type, String.valueOf(least)),
                                Mapping.read(type, String.valueOf(greatest)));
            }
            if (first == null || last == null || Math.max(first.length, last.length) > LONGEST) {
                return null;
            }
            return new Loaded.Range(
                    Sql.text(new String(first, StandardCharsets.UTF_8)),
                    Sql.text(new String(last, StandardCharsets.UTF_8)));
        }
    }
}
