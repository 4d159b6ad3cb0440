package io.millrace.source.stream.pgoutput;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.source.record.Tuple;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PgOutputDecoderTest {
    /** Writes down what it is told. */
    private static final class Heard implements PgOutputHandler {
        private final List<String> calls = new ArrayList<>();

        @Override
        public void begin(long commitLsn, long commitMicros, long xid) {
            calls.add("begin " + commitLsn + " " + commitMicros + " " + xid);
        }

        @Override
        public void commit(long commitLsn, long endLsn, long commitMicros) {
            calls.add("commit " + commitLsn + " " + endLsn);
        }

        @Override
        public void relation(Relation relation) {
            calls.add(relation.toString());
        }

        @Override
        public void type(int oid) {
            calls.add("type " + oid);
        }

        @Override
        public void insert(int relation, Tuple row) {
            calls.add("insert " + relation + text(row));
        }

        @Override
        public void update(int relation, @Nullable Tuple old, boolean oldIsWhole, Tuple row) {
            calls.add("update " + relation + (old == null ? "" : " old" + text(old) + " " + oldIsWhole) + text(row));
        }

        @Override
        public void delete(int relation, Tuple old, boolean oldIsWhole) {
            calls.add("delete " + relation + text(old) + " " + oldIsWhole);
        }

        @Override
        public void truncate(int[] relations) {
            calls.add("truncate " + Arrays.toString(relations));
        }

        @Override
        public void message(boolean transactional, long lsn, String prefix, byte[] content) {
            calls.add("message " + transactional + " " + lsn + " " + prefix + " " + content.length);
        }

        private static String text(Tuple tuple) {
            StringBuilder text = new StringBuilder();
            for (int i = 0; i < tuple.columns(); i++) {
                text.append(' ').append((char) tuple.kind(i));
                text.append(new String(tuple.bytes(), tuple.offset(i), tuple.length(i), StandardCharsets.UTF_8));
            }
            return text.toString();
        }
    }

    /** Builds messages as the manual's chapter on message formats lays them out. */
    private static final class Message {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private final DataOutputStream out = new DataOutputStream(bytes);

        Message(char type) throws IOException {
            out.writeByte(type);
        }

        Message int8(int value) throws IOException {
            out.writeByte(value);
            return this;
        }

        Message int16(int value) throws IOException {
            out.writeShort(value);
            return this;
        }

        Message int32(int value) throws IOException {
            out.writeInt(value);
            return this;
        }

        Message int64(long value) throws IOException {
            out.writeLong(value);
            return this;
        }

        Message string(String value) throws IOException {
            out.write(value.getBytes(StandardCharsets.UTF_8));
            out.writeByte(0);
            return this;
        }

        Message value(char kind, String value) throws IOException {
            byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
            out.writeByte(kind);
            out.writeInt(utf8.length);
            out.write(utf8);
            return this;
        }

        byte[] bytes() {
            return bytes.toByteArray();
        }
    }

    private static List<String> decode(byte[]... messages) throws Exception {
        Heard heard = new Heard();
        PgOutputDecoder decoder = new PgOutputDecoder();
        for (byte[] message : messages) {
            decoder.decode(message, 0, message.length, heard);
        }
        return heard.calls;
    }

    private static Message update() throws IOException {
        return new Message('U')
                .int32(7)
                .int8('K')
                .int16(2)
                .value('b', "k")
                .int8('n')
                .int8('N')
                .int16(2)
                .value('t', "v")
                .int8('u');
    }

    @Test
    void transactions() throws Exception {
        assertThat(decode(
                        new Message('B').int64(100).int64(5).int32(-1).bytes(),
                        new Message('C').int8(0).int64(100).int64(108).int64(5).bytes()))
                .containsExactly("begin 100 946684800000005 4294967295", "commit 100 108");
    }

    @Test
    void relationsWithNamesOfAnyKind() throws Exception {
        assertThat(decode(new Message('R')
                        .int32(7)
                        .string("")
                        .string("sélect")
                        .int8('f')
                        .int16(1)
                        .int8(1)
                        .string("a b")
                        .int32(23)
                        .int32(-1)
                        .bytes()))
                .containsExactly(
                        new Relation(7, "pg_catalog", "sélect", 'f', List.of(new Relation.Column("a b", 23, -1, true)))
                                .toString());
    }

    @Test
    void types() throws Exception {
        assertThat(decode(new Message('Y').int32(9).string("s").string("mood").bytes()))
                .containsExactly("type 9");
    }

    @Test
    void messages() throws Exception {
        assertThat(decode(new Message('M')
                        .int8(1)
                        .int64(33)
                        .string("app")
                        .int32(2)
                        .int16(0)
                        .bytes()))
                .containsExactly("message true 33 app 2");
        byte[] tooLong = new Message('M')
                .int8(0)
                .int64(33)
                .string("app")
                .int32(3)
                .int16(0)
                .bytes();
        assertThatThrownBy(() -> decode(tooLong)).isInstanceOf(MalformedMessageException.class);
    }

    @Test
    void rows() throws Exception {
        assertThat(decode(
                        new Message('I')
                                .int32(7)
                                .int8('N')
                                .int16(2)
                                .value('b', "x")
                                .int8('n')
                                .bytes(),
                        update().bytes(),
                        new Message('U')
                                .int32(7)
                                .int8('N')
                                .int16(1)
                                .value('t', "")
                                .bytes(),
                        new Message('D')
                                .int32(7)
                                .int8('O')
                                .int16(1)
                                .value('t', "old")
                                .bytes(),
                        new Message('T').int32(2).int8(1).int32(7).int32(8).bytes()))
                .containsExactly(
                        "insert 7 bx n",
                        "update 7 old bk n false tv u",
                        "update 7 t",
                        "delete 7 told true",
                        "truncate [7, 8]");
    }

    @Test
    void everyTruncationIsATypedError() throws Exception {
        byte[] whole = update().bytes();
        for (int length = 0; length < whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> decode(cut))
                    .as("%s of %s bytes", cut.length, whole.length)
                    .isInstanceOf(MalformedMessageException.class);
        }
    }

    @Test
    void everyKindOfMessageCutAnywhereOrTooLongIsATypedErrorAndNothingElse() throws Exception {
        List<Message> kinds = List.of(
                new Message('B').int64(1).int64(2).int32(3),
                new Message('C').int8(0).int64(1).int64(2).int64(3),
                new Message('R')
                        .int32(7)
                        .string("s")
                        .string("t")
                        .int8('d')
                        .int16(1)
                        .int8(1)
                        .string("id")
                        .int32(23)
                        .int32(-1),
                new Message('I').int32(7).int8('N').int16(1).int8('n'),
                new Message('D').int32(7).int8('K').int16(1).int8('n'),
                new Message('T').int32(1).int8(0).int32(7),
                new Message('Y').int32(9).string("s").string("mood"),
                new Message('M').int8(1).int64(33).string("app").int32(2).int16(0),
                new Message('O').int64(33).string("elsewhere"));
        for (Message kind : kinds) {
            byte[] whole = kind.bytes();
            for (int length = 0; length <= whole.length + 1; length++) {
                if (length == whole.length) {
                    continue;
                }
                byte[] cut = Arrays.copyOf(whole, length);
                Heard heard = new Heard();
                assertThatThrownBy(() -> new PgOutputDecoder().decode(cut, 0, cut.length, heard))
                        .as("%s of %s bytes of %s", cut.length, whole.length, (char) whole[0])
                        .isInstanceOf(MalformedMessageException.class);
                assertThat(heard.calls).isEmpty();
            }
        }
    }

    @Test
    void bytesLeftOverAreAnError() throws Exception {
        byte[] longer = update().int8(0).bytes();
        Heard heard = new Heard();
        assertThatThrownBy(() -> new PgOutputDecoder().decode(longer, 0, longer.length, heard))
                .hasMessageContaining("1 bytes left over");
        assertThat(heard.calls).isEmpty();
    }

    @Test
    void unknownTypesAndKindsAreErrors() throws Exception {
        byte[] type = new Message('Z').bytes();
        byte[] kind = new Message('I').int32(7).int8('N').int16(1).int8('x').bytes();
        byte[] tuple = new Message('I').int32(7).int8('K').int16(0).bytes();
        byte[] huge = new Message('T').int32(Integer.MAX_VALUE).int8(0).bytes();
        byte[] negative =
                new Message('I').int32(7).int8('N').int16(1).int8('t').int32(-5).bytes();
        for (byte[] bad : List.of(type, kind, tuple, huge, negative)) {
            assertThatThrownBy(() -> decode(bad)).isInstanceOf(MalformedMessageException.class);
        }
    }

    @Test
    void garbageNeverDoesAnythingButDecodeOrFailTyped() throws Exception {
        Random random = new Random(42);
        byte[] template = update().bytes();
        int failures = 0;
        for (int i = 0; i < 100_000; i++) {
            byte[] bytes = template.clone();
            for (int flips = 1 + random.nextInt(3); flips > 0; flips--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            try {
                decode(bytes);
            } catch (MalformedMessageException e) {
                failures++;
            }
        }
        assertThat(failures).isGreaterThan(10_000);
    }
}
