package io.millrace.source.codec;

import java.nio.charset.StandardCharsets;

/** Decoders of booleans, integers and floats. */
enum Scalars implements ValueDecoder {
    BOOL {
        @Override
        public Object binary(byte[] buffer, int offset, int length) {
            Malformed.length(1, length);
            return buffer[offset] != 0;
        }

        @Override
        public Object text(byte[] buffer, int offset, int length) {
            Malformed.length(1, length);
            return switch (buffer[offset]) {
                case 't' -> Boolean.TRUE;
                case 'f' -> Boolean.FALSE;
                default -> throw new Malformed("t or f expected");
            };
        }
    },
    INT2 {
        @Override
        public Object binary(byte[] buffer, int offset, int length) {
            Malformed.length(2, length);
            return BigEndian.int16(buffer, offset);
        }

        @Override
        public Object text(byte[] buffer, int offset, int length) {
            long value = Digits.int64(buffer, offset, length);
            if (value != (short) value) {
                throw new Malformed("out of range");
            }
            return (short) value;
        }
    },
    INT4 {
        @Override
        public Object binary(byte[] buffer, int offset, int length) {
            Malformed.length(4, length);
            return BigEndian.int32(buffer, offset);
        }

        @Override
        public Object text(byte[] buffer, int offset, int length) {
            long value = Digits.int64(buffer, offset, length);
            if (value != (int) value) {
                throw new Malformed("out of range");
            }
            return (int) value;
        }
    },
    INT8 {
        @Override
        public Object binary(byte[] buffer, int offset, int length) {
            Malformed.length(8, length);
            return BigEndian.int64(buffer, offset);
        }

        @Override
        public Object text(byte[] buffer, int offset, int length) {
            return Digits.int64(buffer, offset, length);
        }
    },
    /** Unsigned, hence a long. */
    OID {
        @Override
        public Object binary(byte[] buffer, int offset, int length) {
            Malformed.length(4, length);
            return BigEndian.int32(buffer, offset) & 0xFFFFFFFFL;
        }

        @Override
        public Object text(byte[] buffer, int offset, int length) {
            return Digits.int64(buffer, offset, length);
        }
    },
    FLOAT4 {
        @Override
        public Object binary(byte[] buffer, int offset, int length) {
            Malformed.length(4, length);
            return Float.intBitsToFloat(BigEndian.int32(buffer, offset));
        }

        @Override
        public Object text(byte[] buffer, int offset, int length) {
            return Float.valueOf(new String(buffer, offset, length, StandardCharsets.ISO_8859_1));
        }
    },
    FLOAT8 {
        @Override
        public Object binary(byte[] buffer, int offset, int length) {
            Malformed.length(8, length);
            return Double.longBitsToDouble(BigEndian.int64(buffer, offset));
        }

        @Override
        public Object text(byte[] buffer, int offset, int length) {
            return Double.valueOf(new String(buffer, offset, length, StandardCharsets.ISO_8859_1));
        }
    }
}
