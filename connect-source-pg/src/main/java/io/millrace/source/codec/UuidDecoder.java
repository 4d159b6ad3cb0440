package io.millrace.source.codec;

import java.nio.charset.StandardCharsets;

/** uuid as the string that Postgres shows. */
enum UuidDecoder implements ValueDecoder {
    INSTANCE;

    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.ISO_8859_1);

    @Override
    public Object binary(byte[] buffer, int offset, int length) {
        Malformed.length(16, length);
        byte[] text = new byte[36];
        int position = 0;
        for (int i = 0; i < 16; i++) {
            if (i == 4 || i == 6 || i == 8 || i == 10) {
                text[position++] = '-';
            }
            int value = buffer[offset + i];
            text[position++] = HEX[value >> 4 & 15];
            text[position++] = HEX[value & 15];
        }
        return new String(text, StandardCharsets.ISO_8859_1);
    }

    @Override
    public Object text(byte[] buffer, int offset, int length) {
        Malformed.length(36, length);
        return new String(buffer, offset, length, StandardCharsets.ISO_8859_1);
    }
}
