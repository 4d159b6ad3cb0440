package io.millrace.sink.warehouse.snowflake;

import io.millrace.sink.destination.Batch;
import io.millrace.sink.destination.RowFields;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.apache.kafka.connect.errors.ConnectException;

/** Hands the rows of a batch, field by field in the order of a staging table's columns, to a writer. */
final class StagedRows {
    private static final int LOOK = 1 << 12;

    private final Batch batch;
    private final String[] types;
    private final RowFields fields;
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
        fields = new RowFields(batch);
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
        fields.read(layout, bytes, offset);
        ByteBuffer row = fields.buffer();
        for (int column = 0; column < types.length; column++) {
            int length = fields.length(column);
            if (length == RowFields.NULL) {
                writer.putNull();
                continue;
            }
            int value = fields.start(column);
            switch (types[column]) {
                case "BIGINT" -> writer.putLong(row.getLong(value));
                case "BOOLEAN" -> writer.putBoolean(bytes[value]);
                default -> writer.putText(bytes, value, length);
            }
        }
    }
}
