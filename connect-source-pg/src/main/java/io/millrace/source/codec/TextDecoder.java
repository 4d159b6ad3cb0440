package io.millrace.source.codec;

import java.nio.charset.StandardCharsets;

/** Types whose binary form is their text: text, varchar, bpchar, name, citext, json, xml, enums; jsonb has a version in front. */
enum TextDecoder implements ValueDecoder {
    PLAIN {
        @Override
        public Object binary(byte[] buffer, int offset, int length) {
            return new String(buffer, offset, length, StandardCharsets.UTF_8);
        }
    },
    /** jsonb, jsonpath, ltree: a version number, 1 so far, before the text. */
    VERSIONED {
        @Override
        public Object binary(byte[] buffer, int offset, int length) {
            if (length < 1 || buffer[offset] != 1) {
                throw new Malformed("version 1 expected");
            }
            return new String(buffer, offset + 1, length - 1, StandardCharsets.UTF_8);
        }
    },
    /** The type "char": one byte, shown as nothing when zero and in octal when not ASCII. */
    CHAR {
        @Override
        public Object binary(byte[] buffer, int offset, int length) {
            Malformed.length(1, length);
            int value = buffer[offset] & 0xFF;
            if (value == 0) {
                return "";
            }
            if (value < 0x80) {
                return String.valueOf((char) value);
            }
            return "\\" + (char) ('0' + (value >> 6)) + (char) ('0' + (value >> 3 & 7)) + (char) ('0' + (value & 7));
        }
    };

    @Override
    public Object text(byte[] buffer, int offset, int length) {
        return new String(buffer, offset, length, StandardCharsets.UTF_8);
    }
}
