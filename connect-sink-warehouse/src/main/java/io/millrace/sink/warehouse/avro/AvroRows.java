package io.millrace.sink.warehouse.avro;

import io.millrace.sink.destination.Batch;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Writes a batch as an Avro file. Columns are c0, c1, ... in the order of the batch's; behind them {@code n}, the row's
 * place in the batch; and, unless all rows are whole ones of one layout ({@link Batch#isPlain}), {@code k} (bits of
 * {@link io.millrace.sink.destination.Row}), {@code l} (layout) and {@code m} (time of the delete, microseconds since
 * 1970, NULL without one). A column that a row's layout lacks is NULL.
 */
public final class AvroRows {
    private final AvroFile.Type[] types;
    private final int[][] places;
    private final int[] starts;
    private final Values values;

    /** Sees each value that is not NULL, before it is written. */
    public interface Values {
        void see(int column, byte[] bytes, int offset, int length);
    }

    private AvroRows(Batch batch, List<AvroFile.Type> types, Values values) {
        this.values = values;
        this.types = types.toArray(AvroFile.Type[]::new);
        int count = this.types.length;
        starts = new int[count];
        places = new int[batch.layouts().size()][];
        for (int i = 0; i < places.length; i++) {
            int[] layout = batch.layouts().get(i);
            places[i] = new int[count];
            Arrays.fill(places[i], -1);
            for (int place = 0; place < layout.length; place++) {
                places[i][layout[place]] = place;
            }
        }
    }

    /**
     * @param types of the batch's columns. A LONG is encoded in 8 bytes, big-endian, a DOUBLE as the same of its bits, a
     *     BOOLEAN in one byte, others as they are
     * @param out is left open
     */
    public static void write(Batch batch, List<AvroFile.Type> types, Values values, OutputStream out)
            throws IOException {
        boolean plain = batch.isPlain();
        List<AvroFile.Column> columns = new ArrayList<>();
        for (int i = 0; i < types.size(); i++) {
            columns.add(new AvroFile.Column("c" + i, types.get(i)));
        }
        columns.add(new AvroFile.Column("n", AvroFile.Type.LONG));
        if (!plain) {
            List.of("k", "l", "m").forEach(name -> columns.add(new AvroFile.Column(name, AvroFile.Type.LONG)));
        }
        AvroRows rows = new AvroRows(batch, types, values);
        int[] ordinal = {0};
        try (AvroFile file = new AvroFile(out, columns)) {
            batch.rows().forEach((kind, layout, bytes, offset, length, micros) -> {
                rows.fields(file, layout, bytes, offset);
                file.putLong(ordinal[0]++);
                if (!plain) {
                    file.putLong(kind);
                    file.putLong(layout);
                    if (micros == 0) {
                        file.putNull();
                    } else {
                        file.putLong(micros);
                    }
                }
                file.endRow();
            });
        }
    }

    /** The fields of a row lie in the order of its layout; the file has them in the order of the columns. */
    private void fields(AvroFile file, int layout, byte[] bytes, int offset) {
        ByteBuffer row = ByteBuffer.wrap(bytes);
        int[] order = places[layout];
        int held = 0;
        for (int place : order) {
            held += place < 0 ? 0 : 1;
        }
        int at = offset;
        for (int i = 0; i < held; i++) {
            starts[i] = at;
            at += Integer.BYTES + Math.max(0, row.getInt(at));
        }
        for (int column = 0; column < order.length; column++) {
            int start = order[column] < 0 ? -1 : starts[order[column]];
            int length = start < 0 ? -1 : row.getInt(start);
            if (length < 0) {
                file.putNull();
                continue;
            }
            int value = start + Integer.BYTES;
            values.see(column, bytes, value, length);
            switch (types[column]) {
                case LONG -> file.putLong(row.getLong(value));
                case DOUBLE -> file.putDouble(row.getLong(value));
                case BOOLEAN -> file.putBoolean(bytes[value]);
                case STRING, BYTES -> file.putBytes(bytes, value, length);
            }
        }
    }
}
