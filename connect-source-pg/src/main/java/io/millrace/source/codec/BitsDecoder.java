package io.millrace.source.codec;

import java.util.Arrays;
import org.apache.kafka.connect.data.Schema;

/**
 * bit and varbit: a boolean when one bit long, else bytes whose lowest bit is the string's last, without the zero bytes
 * at the high end. The length of a varbit is lost in that form, which is Debezium's.
 */
record BitsDecoder(boolean single) implements ValueDecoder {
    static BitsDecoder of(Schema schema) {
        return new BitsDecoder(schema.type() == Schema.Type.BOOLEAN);
    }

    @Override
    public Object binary(byte[] buffer, int offset, int length) {
        if (length < 4) {
            throw new Malformed("a length expected");
        }
        int bits = BigEndian.int32(buffer, offset);
        if (bits < 0 || (bits + 7L) / 8 != length - 4) {
            throw new Malformed("the number of bits does not fit the length");
        }
        byte[] bytes = new byte[length - 4];
        for (int i = 0; i < bits; i++) {
            if ((buffer[offset + 4 + (i >> 3)] >> (7 - (i & 7)) & 1) != 0) {
                set(bytes, bits - 1 - i);
            }
        }
        return represent(bytes);
    }

    @Override
    public Object text(byte[] buffer, int offset, int length) {
        byte[] bytes = new byte[(length + 7) / 8];
        for (int i = 0; i < length; i++) {
            switch (buffer[offset + i]) {
                case '1' -> set(bytes, length - 1 - i);
                case '0' -> {}
                default -> throw new Malformed("0 or 1 expected");
            }
        }
        return represent(bytes);
    }

    private static void set(byte[] bytes, int bit) {
        bytes[bit >> 3] |= (byte) (1 << (bit & 7));
    }

    private Object represent(byte[] bytes) {
        int used = bytes.length;
        while (used > 0 && bytes[used - 1] == 0) {
            used--;
        }
        if (single) {
            return used > 0;
        }
        return used == bytes.length ? bytes : Arrays.copyOf(bytes, used);
    }
}
