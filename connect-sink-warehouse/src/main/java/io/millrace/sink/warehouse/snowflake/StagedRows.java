package io.millrace.sink.warehouse.snowflake;

import io.millrace.sink.destination.Batch;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.apache.kafka.connect.errors.ConnectException;

/** Hands the rows of a batch, field by field in the order of a staging table's columns, to a writer. */
final class StagedRows {
    private static final int LOOK = 1 << 12;

    private final Batch batch;
    private final String[] types;
    private final int[][] places;
    private final int[] starts;
    private final BooleanSupplier stopped;

    /** Takes the fields of a row in their order, and its end. */
    interface Writer {
        void putNull() throws IOException;

        void putLong(long value) throws IOException;

        void putBoolean(int value) throws IOException;

        /** Text as UTF-8. */
        void putText(byte[] from, int offset, int length) throws IOException;

        void endRow() throws IOException;
    }

    StagedRows(Batch batch, List<Staging.Column> columns, BooleanSupplier stopped) {
        this.batch = batch;
        this.stopped = stopped;
        int count = batch.columns().size();
        types = columns.stream().limit(count).map(Staging.Column::type).toArray(String[]::new);
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

    void writeTo(Writer writer) throws IOException {
        boolean plain = batch.isPlain();
        int[] ordinal = {0};
        batch.rows().forEach((kind, layout, bytes, offset, length, micros) -> {
            if ((ordinal[0] & LOOK - 1) == 0 && stopped.getAsBoolean()) {
                throw new ConnectException("Stopped while rows were being staged");
            }
            fields(writer, layout, bytes, offset);
            writer.putLong(ordinal[0]++);
            if (!plain) {
                writer.putLong(kind);
                writer.putLong(layout);
                if (micros == 0) {
                    writer.putNull();
                } else {
                    writer.putLong(micros);
                }
            }
            writer.endRow();
        });
    }

    private void fields(Writer writer, int layout, byte[] bytes, int offset) throws IOException {
        ByteBuffer row = ByteBuffer.wrap(bytes);
        int[] order = places[layout];
        int held = batch.layouts().get(layout).length;
        int at = offset;
        for (int i = 0; i < held; i++) {
            starts[i] = at;
            at += Integer.BYTES + Math.max(0, row.getInt(at));
        }
        for (int column = 0; column < order.length; column++) {
            int start = order[column] < 0 ? -1 : starts[order[column]];
            int length = start < 0 ? -1 : row.getInt(start);
            if (length < 0) {
                writer.putNull();
                continue;
            }
            int value = start + Integer.BYTES;
            switch (types[column]) {
                case "BIGINT" -> writer.putLong(row.getLong(value));
                case "BOOLEAN" -> writer.putBoolean(bytes[value]);
                default -> writer.putText(bytes, value, length);
            }
        }
    }
}
