package io.millrace.source.stream.pgoutput;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.source.record.Tuple;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.jspecify.annotations.Nullable;

/** Messages of any content, whole, cut off and spoilt. */
class PgOutputPropertiesTest {
    /** A column's value as a row has it: its kind and its bytes. */
    private record Value(char kind, byte[] bytes) {
        String text() {
            return kind + Arrays.toString(bytes);
        }
    }

    /** Keeps the rows, and fails for a value outside its message. */
    private static final class Rows implements PgOutputHandler {
        private final List<List<String>> rows = new ArrayList<>();
        private int calls;

        private void row(Tuple tuple) {
            List<String> row = new ArrayList<>();
            for (int i = 0; i < tuple.columns(); i++) {
                int from = tuple.offset(i);
                assertThat(from).isBetween(0, tuple.bytes().length);
                assertThat(tuple.length(i)).isBetween(0, tuple.bytes().length - from);
                byte[] bytes = Arrays.copyOfRange(tuple.bytes(), from, from + tuple.length(i));
                row.add(new Value((char) tuple.kind(i), bytes).text());
            }
            rows.add(row);
        }

        @Override
        public void begin(long commitLsn, long commitMicros, long xid) {
            calls++;
        }

        @Override
        public void commit(long commitLsn, long endLsn, long commitMicros) {
            calls++;
        }

        @Override
        public void relation(Relation relation) {
            calls++;
        }

        @Override
        public void type(int oid) {
            calls++;
        }

        @Override
        public void insert(int relation, Tuple row) {
            calls++;
            row(row);
        }

        @Override
        public void update(int relation, @Nullable Tuple old, boolean oldIsWhole, Tuple row) {
            calls++;
            if (old != null) {
                row(old);
            }
            row(row);
        }

        @Override
        public void delete(int relation, Tuple old, boolean oldIsWhole) {
            calls++;
            row(old);
        }

        @Override
        public void message(boolean transactional, long lsn, String prefix, byte[] content) {
            calls++;
        }

        @Override
        public void truncate(int[] relations) {
            calls++;
        }
    }

    @Provide
    Arbitrary<List<Value>> rows() {
        Arbitrary<byte[]> bytes = Arbitraries.bytes().array(byte[].class).ofMaxSize(60);
        Arbitrary<Value> value = Combinators.combine(Arbitraries.of('n', 'u', 't', 'b'), bytes)
                .as((kind, some) -> new Value(kind, kind == 'n' || kind == 'u' ? new byte[0] : some));
        return value.list().ofMaxSize(12);
    }

    @Property(tries = 200)
    void whatIsWrittenIsRead(@ForAll("rows") List<Value> old, @ForAll("rows") List<Value> row) throws Exception {
        Rows read = decode(update(old, row));
        assertThat(read.rows).containsExactly(texts(old), texts(row));
    }

    @Property(tries = 200)
    void whatIsCutOffIsAnErrorAndNoRow(
            @ForAll("rows") List<Value> old, @ForAll("rows") List<Value> row, @ForAll @IntRange(max = 99) int percent)
            throws Exception {
        byte[] whole = update(old, row);
        Rows rows = new Rows();
        assertThat(fails(Arrays.copyOf(whole, whole.length * percent / 100), rows))
                .isTrue();
        assertThat(rows.calls).isZero();
    }

    @Property(tries = 600)
    void whatIsSpoiltIsAnErrorOrOneMessageWithinItsBounds(
            @ForAll("rows") List<Value> row,
            @ForAll int place,
            @ForAll byte spoilt,
            @ForAll @IntRange(min = 1, max = 6) int times)
            throws Exception {
        byte[] bytes = update(row, row);
        for (int i = 0; i < times; i++) {
            bytes[Math.floorMod(place + i * 7919, bytes.length)] = (byte) (spoilt + i);
        }
        Rows rows = new Rows();
        boolean failed = fails(bytes, rows);
        assertThat(rows.calls).isEqualTo(failed ? 0 : 1);
    }

    @Property(tries = 2000)
    void anyBytesAreAnErrorOrOneMessage(@ForAll byte[] bytes) throws Exception {
        Rows rows = new Rows();
        boolean failed = fails(bytes, rows);
        assertThat(rows.calls).isLessThanOrEqualTo(failed ? 0 : 1);
    }

    private static boolean fails(byte[] message, Rows rows) throws SQLException, InterruptedException {
        try {
            new PgOutputDecoder().decode(message, 0, message.length, rows);
            return false;
        } catch (MalformedMessageException e) {
            return true;
        }
    }

    private static Rows decode(byte[] message) throws SQLException, InterruptedException {
        Rows rows = new Rows();
        new PgOutputDecoder().decode(message, 0, message.length, rows);
        return rows;
    }

    private static List<String> texts(List<Value> row) {
        return row.stream().map(Value::text).toList();
    }

    private static byte[] update(List<Value> old, List<Value> row) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        try {
            out.write("U\0\0\0\u0007O".getBytes(StandardCharsets.ISO_8859_1));
            tuple(out, old);
            out.writeByte('N');
            tuple(out, row);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static void tuple(DataOutputStream out, List<Value> row) throws IOException {
        out.writeShort(row.size());
        for (Value value : row) {
            out.writeByte(value.kind());
            if (value.kind() == 't' || value.kind() == 'b') {
                out.writeInt(value.bytes().length);
                out.write(value.bytes());
            }
        }
    }
}
