package io.millrace.sink.pg;

import io.millrace.sink.destination.Batch;
import io.millrace.sink.destination.RowBytes;
import io.millrace.sink.destination.TableId;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;

/**
 * Temporary tables of one session, filled by COPY BINARY outside any transaction of the target's.
 *
 * <p>They are not ON COMMIT DELETE ROWS: every commit would empty every one of them, whether used or not, which takes
 * longer than the commit itself with a few hundred tables. The apply transaction truncates those that it has read.
 */
final class Staging {
    /**
     * When another table is made, those beyond this are dropped, the longest unused first. Never one with rows in it: a
     * flush may have more tables.
     */
    private static final int KEPT = 64;

    private static final int HEADER = 19;
    private static final int NULL = -1;
    private static final int SEND = 60 * 1024;
    private static final byte[] SIGNATURE = {'P', 'G', 'C', 'O', 'P', 'Y', '\n', (byte) 0xff, '\r', '\n', 0};
    private static final long EPOCH_MICROS = 946_684_800_000_000L;

    private final Connection connection;
    private final Map<TableId, Stage> stages = new LinkedHashMap<>(16, 0.75f, true);
    private final RowBytes buffer = new RowBytes(2 * SEND);
    private int numbers;

    /** A table; {@code filled} while rows lie in it that no transaction has taken. */
    private static final class Stage {
        private final String name;
        private final List<String> forms;
        private boolean filled;

        Stage(String name, List<String> forms) {
            this.name = name;
            this.forms = forms;
        }
    }

    Staging(Connection connection) {
        this.connection = connection;
    }

    /** Loads a batch; returns the name of the table that holds it, and nothing else; empty for a batch without rows. */
    String load(Batch batch) throws SQLException {
        if (batch.rows().count() == 0) {
            return "";
        }
        Stage stage = stage(batch);
        if (stage.filled) {
            execute("TRUNCATE " + stage.name);
        }
        stage.filled = true;
        boolean plain = batch.isPlain();
        CopyIn copy = connection.unwrap(PGConnection.class).getCopyAPI().copyIn(copySql(stage, plain));
        try {
            write(batch, plain, copy);
            copy.endCopy();
        } catch (IOException e) {
            throw new SQLException("The connection was lost during COPY", "08006", e);
        } finally {
            if (copy.isActive()) {
                copy.cancelCopy();
            }
        }
        return stage.name;
    }

    /**
     * The transaction that has read and truncated these tables is committed. Others may still hold rows of a batch that
     * was refused.
     */
    void taken(Set<String> handles) {
        stages.values().forEach(stage -> stage.filled &= !handles.contains(stage.name));
    }

    private void execute(String sql) throws SQLException {
        Statements.execute(connection, sql);
    }

    private static String copySql(Stage stage, boolean plain) {
        StringBuilder columns = new StringBuilder();
        for (int i = 0; i < stage.forms.size(); i++) {
            columns.append(i == 0 ? "" : ", ").append('c').append(i);
        }
        return "COPY " + stage.name + " (" + columns + (plain ? "" : ", k, l, m, t") + ") FROM STDIN (FORMAT binary)";
    }

    private Stage stage(Batch batch) throws SQLException {
        List<String> forms =
                batch.columns().stream().map(column -> column.encoding().form()).toList();
        Stage stage = stages.get(batch.table());
        if (stage != null && stage.forms.equals(forms)) {
            return stage;
        }
        if (stage != null) {
            execute("DROP TABLE " + stage.name);
            stages.remove(batch.table());
        } else {
            dropUnused();
        }
        StringBuilder columns = new StringBuilder();
        for (int i = 0; i < forms.size(); i++) {
            columns.append('c').append(i).append(' ').append(forms.get(i)).append(", ");
        }
        Stage made = new Stage("pg_temp.millrace_s" + numbers++, forms);
        execute("CREATE TEMPORARY TABLE " + made.name + " (" + columns + "k int4, l int4, m varbit, t timestamptz)");
        stages.put(batch.table(), made);
        return made;
    }

    /** Each in a statement of its own: the locks of thousands of tables at once would not fit the server's table of locks. */
    private void dropUnused() throws SQLException {
        Iterator<Stage> oldest = stages.values().iterator();
        while (stages.size() >= KEPT && oldest.hasNext()) {
            Stage stage = oldest.next();
            if (!stage.filled) {
                execute("DROP TABLE " + stage.name);
                oldest.remove();
            }
        }
    }

    private void write(Batch batch, boolean plain, CopyIn copy) throws SQLException, IOException {
        int width = batch.columns().size();
        List<Fields> layouts = batch.layouts().stream()
                .map(layout -> new Fields(layout, width))
                .toList();
        buffer.clear();
        buffer.put(SIGNATURE);
        buffer.putInt(0);
        buffer.putInt(0);
        try {
            batch.rows().forEach((kind, layout, bytes, offset, length, micros) -> {
                buffer.putShort(plain ? width : width + 4);
                Fields fields = layouts.get(layout);
                if (fields.whole) {
                    buffer.put(bytes, offset, length);
                } else {
                    fields.write(bytes, offset, buffer);
                }
                if (!plain) {
                    marks(kind, layout, fields, micros);
                }
                if (buffer.length() >= SEND) {
                    send(copy);
                }
            });
        } catch (Unsent e) {
            throw e.reason;
        }
        buffer.putShort(-1);
        copy.writeToCopy(buffer.array(), 0, buffer.length());
    }

    private void marks(int kind, int layout, Fields fields, long micros) {
        buffer.putInt(Integer.BYTES);
        buffer.putInt(kind);
        buffer.putInt(Integer.BYTES);
        buffer.putInt(layout);
        buffer.put(fields.keep);
        if (micros == 0) {
            buffer.putInt(NULL);
        } else {
            buffer.putInt(Long.BYTES);
            buffer.putLong(micros - EPOCH_MICROS);
        }
    }

    private void send(CopyIn copy) throws Unsent {
        try {
            copy.writeToCopy(buffer.array(), 0, buffer.length());
            buffer.clear();
        } catch (SQLException e) {
            throw new Unsent(e);
        }
    }

    /** Carries an SQLException through the visitor. */
    private static final class Unsent extends IOException {
        private static final long serialVersionUID = 1L;
        private final transient SQLException reason;

        Unsent(SQLException reason) {
            super(reason);
            this.reason = reason;
        }
    }

    /** How the fields of a layout lie in the staged row, and the bits of those that it lacks. */
    private static final class Fields {
        private final int[] places;
        private final int[] starts;
        private final int count;
        private final boolean whole;
        private final byte[] keep;

        Fields(int[] layout, int width) {
            places = new int[width];
            java.util.Arrays.fill(places, -1);
            boolean ordered = layout.length == width;
            for (int i = 0; i < layout.length; i++) {
                places[layout[i]] = i;
                ordered &= layout[i] == i;
            }
            count = layout.length;
            starts = new int[count + 1];
            whole = ordered;
            keep = keep(width);
        }

        private byte[] keep(int width) {
            RowBytes mask = new RowBytes(HEADER);
            mask.putInt(Integer.BYTES + (width + 7) / 8);
            mask.putInt(width);
            for (int first = 0; first < width; first += 8) {
                int bits = 0;
                for (int i = first; i < first + 8; i++) {
                    bits = bits << 1 | (i < width && places[i] < 0 ? 1 : 0);
                }
                mask.putByte(bits);
            }
            return java.util.Arrays.copyOf(mask.array(), mask.length());
        }

        void write(byte[] bytes, int offset, RowBytes out) {
            int at = offset;
            for (int i = 0; i < count; i++) {
                starts[i] = at;
                at += Integer.BYTES
                        + Math.max(
                                0,
                                java.nio.ByteBuffer.wrap(bytes, at, Integer.BYTES)
                                        .getInt());
            }
            starts[count] = at;
            for (int place : places) {
                if (place < 0) {
                    out.putInt(NULL);
                } else {
                    out.put(bytes, starts[place], starts[place + 1] - starts[place]);
                }
            }
        }
    }
}
