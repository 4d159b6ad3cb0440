package io.millrace.sink.fold;

import io.millrace.sink.change.Change;
import io.millrace.sink.change.RowSchema;
import io.millrace.sink.destination.FieldEncoder;
import io.millrace.sink.destination.RowBytes;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.apache.kafka.connect.errors.DataException;

/** Writes a change as key bytes followed by the row's fields. One instance serves a task; its buffers are reused. */
public final class RowEncoder {
    private static final int NULL = -1;

    final RowBytes bytes = new RowBytes();
    final BitSet unavailable = new BitSet();
    int keyLength;

    /** Bytes of the last row, its key included. */
    public int length() {
        return bytes.length();
    }

    /** Fills {@link #bytes} and {@link #unavailable}; columns that are unavailable leave no field. */
    void encode(Change change) {
        bytes.clear();
        unavailable.clear();
        encodeKey(change);
        keyLength = bytes.length();
        RowSchema schema = change.schema();
        int listing = schema.unchangedColumn();
        for (int i = 0; i < schema.size(); i++) {
            Object value = schema.value(i, change);
            if (i == listing) {
                encodeUnchanged(change);
            } else if (value == null) {
                bytes.putInt(NULL);
            } else if (schema.isUnavailable(i, value)) {
                unavailable.set(i);
                if (listing >= 0) {
                    bytes.putInt(NULL);
                }
            } else {
                field(change, i, schema.columns().get(i).encoding().field(), value);
            }
        }
    }

    private void encodeKey(Change change) {
        RowSchema schema = change.schema();
        for (int index : schema.key()) {
            Object value = schema.value(index, change);
            if (value == null) {
                throw new DataException(
                        "Column \"" + schema.columns().get(index).name() + "\" is part of the key and is NULL");
            }
            field(change, index, schema.columns().get(index).encoding().key(), value);
        }
    }

    private void encodeUnchanged(Change change) {
        if (unavailable.isEmpty()) {
            bytes.putInt(NULL);
            return;
        }
        List<String> names = new ArrayList<>();
        unavailable.stream()
                .forEach(column ->
                        names.add(change.schema().columns().get(column).name()));
        int listing = change.schema().unchangedColumn();
        field(change, listing, change.schema().columns().get(listing).encoding().field(), names);
    }

    private void field(Change change, int column, FieldEncoder encoder, Object value) {
        int start = bytes.length();
        bytes.putInt(0);
        try {
            encoder.encode(value, bytes);
        } catch (DataException e) {
            throw new DataException(where(change, column) + e.getMessage());
        } catch (ClassCastException e) {
            throw new DataException(where(change, column) + "a value is not of the type that its schema says");
        }
        bytes.setInt(start, bytes.length() - start - Integer.BYTES);
    }

    private static String where(Change change, int column) {
        return "Table " + change.table() + ", column \""
                + change.schema().columns().get(column).name() + "\": ";
    }
}
