package io.millrace.sink.warehouse.avro;

import io.millrace.sink.destination.Batch;
import io.millrace.sink.destination.RowFields;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes a batch as an Avro file. Columns are c0, c1, ... in the order of the batch's; behind them {@code n}, the row's
 * place in the batch; and, unless all rows are whole ones of one layout ({@link Batch#isPlain}), {@code k} (bits of
 * {@link io.millrace.sink.destination.Row}), {@code l} (layout) and {@code m} (time of the delete, microseconds since
 * 1970, NULL without one). A column that a row's layout lacks is NULL.
 */
public final class AvroRows {
    private final AvroFile.Type[] types;
    private final RowFields fields;
    private final Values values;

    /** Sees each value that is not NULL, before it is written. */
    public interface Values {
        void see(int column, byte[] bytes, int offset, int length);
    }

    private AvroRows(Batch batch, List<AvroFile.Type> types, Values values) {
        this.values = values;
        this.types = types.toArray(AvroFile.Type[]::new);
        fields = new RowFields(this.types.length, batch.layouts());
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

    private void fields(AvroFile file, int layout, byte[] bytes, int offset) {
        fields.read(layout, bytes, offset);
        ByteBuffer row = fields.buffer();
        for (int column = 0; column < types.length; column++) {
            int length = fields.length(column);
            if (length == RowFields.NULL) {
                file.putNull();
                continue;
            }
            int value = fields.start(column);
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
