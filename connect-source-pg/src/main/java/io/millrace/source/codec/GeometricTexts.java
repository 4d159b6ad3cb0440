package io.millrace.source.codec;

/** Geometric types, and cube, as Postgres writes them. */
enum GeometricTexts implements TextForm {
    POINT {
        @Override
        void write(Parts parts, StringBuilder text) {
            pair(parts, text);
        }
    },
    LINE {
        @Override
        void write(Parts parts, StringBuilder text) {
            numbers(parts, 3, ",", text.append('{'));
            text.append('}');
        }
    },
    LSEG {
        @Override
        void write(Parts parts, StringBuilder text) {
            pairs(parts, 2, text.append('['));
            text.append(']');
        }
    },
    BOX {
        @Override
        void write(Parts parts, StringBuilder text) {
            pairs(parts, 2, text);
        }
    },
    PATH {
        @Override
        void write(Parts parts, StringBuilder text) {
            boolean closed = parts.int8() != 0;
            pairs(parts, parts.count(PAIR_BYTES), text.append(closed ? '(' : '['));
            text.append(closed ? ')' : ']');
        }
    },
    POLYGON {
        @Override
        void write(Parts parts, StringBuilder text) {
            pairs(parts, parts.count(PAIR_BYTES), text.append('('));
            text.append(')');
        }
    },
    CIRCLE {
        @Override
        void write(Parts parts, StringBuilder text) {
            pair(parts, text.append('<'));
            FloatText.append(parts.float8(), text.append(','));
            text.append('>');
        }
    },
    /** The number of dimensions, its highest bit set for a point; then one corner or two, of which equal ones are one. */
    CUBE {
        @Override
        void write(Parts parts, StringBuilder text) {
            int header = parts.int32();
            int dimensions = header & Integer.MAX_VALUE;
            if (dimensions > MOST_DIMENSIONS) {
                throw new Malformed("more dimensions than a cube has");
            }
            int first = parts.skip(dimensions * Double.BYTES);
            int second = header < 0 ? first : parts.skip(dimensions * Double.BYTES);
            corner(parts.buffer(), first, dimensions, text);
            if (differ(parts.buffer(), first, second, dimensions)) {
                corner(parts.buffer(), second, dimensions, text.append(','));
            }
        }

        private void corner(byte[] buffer, int offset, int dimensions, StringBuilder text) {
            numbers(new Parts(buffer, offset, dimensions * Double.BYTES), dimensions, ", ", text.append('('));
            text.append(')');
        }

        private boolean differ(byte[] buffer, int first, int second, int dimensions) {
            for (int i = 0; first != second && i < dimensions * Double.BYTES; i += Double.BYTES) {
                if (Double.longBitsToDouble(BigEndian.int64(buffer, first + i))
                        != Double.longBitsToDouble(BigEndian.int64(buffer, second + i))) {
                    return true;
                }
            }
            return false;
        }
    };

    private static final int PAIR_BYTES = 16;
    private static final int MOST_DIMENSIONS = 100;

    abstract void write(Parts parts, StringBuilder text);

    @Override
    public void append(byte[] buffer, int offset, int length, StringBuilder text) {
        Parts parts = new Parts(buffer, offset, length);
        write(parts, text);
        parts.finish();
    }

    private static void numbers(Parts parts, int count, String separator, StringBuilder text) {
        for (int i = 0; i < count; i++) {
            FloatText.append(parts.float8(), i == 0 ? text : text.append(separator));
        }
    }

    private static void pair(Parts parts, StringBuilder text) {
        numbers(parts, 2, ",", text.append('('));
        text.append(')');
    }

    private static void pairs(Parts parts, int count, StringBuilder text) {
        for (int i = 0; i < count; i++) {
            pair(parts, i == 0 ? text : text.append(','));
        }
    }
}
