package io.millrace.sink.pg.encode;

import io.millrace.sink.destination.RowBytes;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.connect.errors.DataException;

/** Strings, bytes and what is written like them. */
final class Texts {
    private static final int JSONB_VERSION = 1;
    private static final int UUID_LENGTH = 36;

    private Texts() {}

    static void text(Object value, RowBytes out) {
        out.put(((String) value).getBytes(StandardCharsets.UTF_8));
    }

    static void jsonb(Object value, RowBytes out) {
        out.putByte(JSONB_VERSION);
        text(value, out);
    }

    static void bytes(Object value, RowBytes out) {
        if (value instanceof byte[] array) {
            out.put(array);
            return;
        }
        ByteBuffer buffer = (ByteBuffer) value;
        if (buffer.hasArray()) {
            out.put(buffer.array(), buffer.arrayOffset() + buffer.position(), buffer.remaining());
        } else {
            byte[] copy = new byte[buffer.remaining()];
            buffer.duplicate().get(copy);
            out.put(copy);
        }
    }

    static void uuid(Object value, RowBytes out) {
        String text = (String) value;
        if (text.length() != UUID_LENGTH) {
            throw new DataException("a UUID does not have 36 characters");
        }
        int at = 0;
        for (int i = 0; i < 16; i++) {
            if (at == 8 || at == 13 || at == 18 || at == 23) {
                if (text.charAt(at++) != '-') {
                    throw new DataException("a UUID has no dash where one belongs");
                }
            }
            out.putByte(hex(text.charAt(at)) << 4 | hex(text.charAt(at + 1)));
            at += 2;
        }
    }

    private static int hex(char c) {
        int digit = Character.digit(c, 16);
        if (digit < 0) {
            throw new DataException("a UUID has a character that is no hexadecimal digit");
        }
        return digit;
    }
}
