package io.millrace.sink.warehouse.avro;

import io.millrace.sink.destination.RowBytes;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.List;
import java.util.Locale;
import java.util.zip.Deflater;

/**
 * Writes an Avro object container file of records with nullable columns, deflated in blocks of about a megabyte. Written
 * here because a plugin is not to bring an Avro library beside a converter's. Not safe for several threads.
 *
 * @see <a href="https://avro.apache.org/docs/1.12.0/specification/#object-container-files">Object container files</a>
 */
public final class AvroFile implements AutoCloseable {
    private static final int BLOCK = 1 << 20;
    private static final SecureRandom RANDOM = new SecureRandom();

    /** The second branch of the union of null and a type, as a zig-zag number. */
    private static final int PRESENT = 2;

    private final OutputStream out;
    private final byte[] sync = new byte[16];
    private final RowBytes block = new RowBytes(BLOCK + (BLOCK >> 2));
    private final Deflater deflater = new Deflater(Deflater.BEST_SPEED, true);
    private final byte[] deflated = new byte[1 << 16];
    private int rows;

    /** What a column's values are. */
    public enum Type {
        LONG,
        DOUBLE,
        BOOLEAN,
        STRING,
        BYTES
    }

    /** A column; its name is one that Avro takes. */
    public record Column(String name, Type type) {
        public Column {
            if (!name.matches("[A-Za-z_][A-Za-z0-9_]*")) {
                throw new IllegalArgumentException("Avro takes letters, digits and underscores in names: " + name);
            }
        }
    }

    /** Writes the file's header. The stream is not closed by {@link #close}. */
    public AvroFile(OutputStream out, List<Column> columns) throws IOException {
        this.out = out;
        RANDOM.nextBytes(sync);
        RowBytes header = new RowBytes();
        header.put(new byte[] {'O', 'b', 'j', 1});
        varint(header, 2);
        text(header, "avro.schema");
        text(header, schema(columns));
        text(header, "avro.codec");
        text(header, "deflate");
        varint(header, 0);
        header.put(sync);
        out.write(header.array(), 0, header.length());
    }

    private static String schema(List<Column> columns) {
        StringBuilder fields = new StringBuilder();
        for (Column column : columns) {
            fields.append(fields.length() == 0 ? "" : ",")
                    .append("{\"name\":\"")
                    .append(column.name())
                    .append("\",\"type\":[\"null\",\"")
                    .append(column.type().name().toLowerCase(Locale.ROOT))
                    .append("\"]}");
        }
        return "{\"type\":\"record\",\"name\":\"row\",\"fields\":[" + fields + "]}";
    }

    /** A value of the next column, in the order of the columns; so do the others. */
    public void putNull() {
        block.putByte(0);
    }

    public void putLong(long value) {
        block.putByte(PRESENT);
        varint(block, value);
    }

    /** A double by its bits. */
    public void putDouble(long bits) {
        block.putByte(PRESENT);
        // Least byte first.
        block.putLong(Long.reverseBytes(bits));
    }

    /** Zero or one. */
    public void putBoolean(int value) {
        block.putByte(PRESENT);
        block.putByte(value);
    }

    /** Text as UTF-8, or bytes. */
    public void putBytes(byte[] from, int offset, int length) {
        block.putByte(PRESENT);
        varint(block, length);
        block.put(from, offset, length);
    }

    /** Behind the last column of each row. */
    public void endRow() throws IOException {
        rows++;
        if (block.length() >= BLOCK) {
            flush();
        }
    }

    private void flush() throws IOException {
        if (rows == 0) {
            return;
        }
        deflater.reset();
        deflater.setInput(block.array(), 0, block.length());
        deflater.finish();
        RowBytes body = new RowBytes(block.length() / 2 + 64);
        while (!deflater.finished()) {
            body.put(deflated, 0, deflater.deflate(deflated));
        }
        RowBytes header = new RowBytes(32);
        varint(header, rows);
        varint(header, body.length());
        out.write(header.array(), 0, header.length());
        out.write(body.array(), 0, body.length());
        out.write(sync);
        block.clear();
        rows = 0;
    }

    /** Writes what is left; leaves the stream open. */
    @Override
    public void close() throws IOException {
        try {
            flush();
        } finally {
            deflater.end();
        }
    }

    private static void text(RowBytes to, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        varint(to, bytes.length);
        to.put(bytes);
    }

    private static void varint(RowBytes to, long value) {
        long rest = value << 1 ^ value >> 63;
        while ((rest & ~0x7fL) != 0) {
            to.putByte((int) (rest & 0x7f | 0x80));
            rest >>>= 7;
        }
        to.putByte((int) rest);
    }
}
