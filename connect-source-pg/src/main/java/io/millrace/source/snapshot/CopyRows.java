package io.millrace.source.snapshot;

import io.millrace.source.record.Tuple;
import org.apache.kafka.connect.errors.ConnectException;

/**
 * The binary format of COPY, a row for each CopyData message.
 *
 * @see <a href="https://www.postgresql.org/docs/current/sql-copy.html#SQL-COPY-FILE-FORMATS">COPY file formats</a>
 */
public final class CopyRows {
    private static final byte[] SIGNATURE = {'P', 'G', 'C', 'O', 'P', 'Y', '\n', (byte) 0xff, '\r', '\n', 0};
    private static final int HEADER_BYTES = SIGNATURE.length + 8;

    private final boolean[] text;
    private boolean headerRead;

    /** @param text per column whether its binary form is that of text, as the query casts it */
    public CopyRows(boolean[] text) {
        this.text = text.clone();
    }

    /** What a message held. */
    public enum Found {
        ROW,
        NO_ROW,
        END
    }

    /** Fills the tuple from one message; a message may hold the header alone. */
    public Found read(byte[] message, Tuple tuple) {
        int at = 0;
        if (!headerRead) {
            at = header(message);
            headerRead = true;
            if (at == message.length) {
                return Found.NO_ROW;
            }
        }
        int columns = int16(message, at);
        at += 2;
        if (columns == -1) {
            return Found.END;
        }
        if (columns != text.length) {
            throw new ConnectException("COPY sent " + columns + " columns for " + text.length);
        }
        tuple.begin(message, columns);
        for (int i = 0; i < columns; i++) {
            int length = int32(message, at);
            at += 4;
            if (length == -1) {
                tuple.set(i, Tuple.NULL, at, 0);
            } else {
                if (length < 0 || length > message.length - at) {
                    throw new ConnectException(
                            "COPY sent a value of " + length + " bytes with " + (message.length - at) + " left");
                }
                tuple.set(i, text[i] ? Tuple.TEXT : Tuple.BINARY, at, length);
                at += length;
            }
        }
        return Found.ROW;
    }

    private static int header(byte[] message) {
        if (message.length < HEADER_BYTES) {
            throw new ConnectException("COPY began with " + message.length + " bytes, too few for its header");
        }
        for (int i = 0; i < SIGNATURE.length; i++) {
            if (message[i] != SIGNATURE[i]) {
                throw new ConnectException("COPY did not begin with its signature");
            }
        }
        int extension = int32(message, SIGNATURE.length + 4);
        return HEADER_BYTES + extension;
    }

    private static int int16(byte[] bytes, int at) {
        need(bytes, at, 2);
        return (short) ((bytes[at] & 0xff) << 8 | bytes[at + 1] & 0xff);
    }

    private static int int32(byte[] bytes, int at) {
        need(bytes, at, 4);
        return (bytes[at] & 0xff) << 24
                | (bytes[at + 1] & 0xff) << 16
                | (bytes[at + 2] & 0xff) << 8
                | bytes[at + 3] & 0xff;
    }

    private static void need(byte[] bytes, int at, int length) {
        if (at < 0 || bytes.length - at < length) {
            throw new ConnectException("COPY sent a row that ends early");
        }
    }
}
