package io.millrace.source.codec;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One-dimensional arrays as lists; lower bounds are not kept. Several dimensions have no place in Debezium's schema
 * (Debezium itself gives NULLs for the inner arrays): where the elements are strings each inner array is one, in the
 * form of an array literal; else the value is refused.
 */
record ArrayDecoder(ValueDecoder element, char delimiter, boolean strings) implements ValueDecoder {
    private static final int MOST_DIMENSIONS = 6;

    @Override
    public boolean readsBinary() {
        return element.readsBinary();
    }

    @Override
    public Object binary(byte[] buffer, int offset, int length) {
        if (length < 12) {
            throw new Malformed("a header of 12 bytes expected");
        }
        int dimensions = BigEndian.int32(buffer, offset);
        int header = 12 + 8 * dimensions;
        if (dimensions < 0 || dimensions > MOST_DIMENSIONS || length < header) {
            throw new Malformed("the dimensions do not fit the length");
        }
        int[] sizes = new int[dimensions];
        long count = dimensions == 0 ? 0 : 1;
        for (int i = 0; i < dimensions; i++) {
            sizes[i] = BigEndian.int32(buffer, offset + 12 + 8 * i);
            if (sizes[i] < 0) {
                throw new Malformed("a dimension is negative");
            }
            count = Math.min(count * sizes[i], Integer.MAX_VALUE);
        }
        if (count > (length - header) / 4) {
            throw new Malformed("the dimensions do not fit the length");
        }
        List<@Nullable Object> values = elements(buffer, offset + header, offset + length, (int) count);
        for (int i = dimensions - 1; i > 0; i--) {
            values = nested(values, sizes[i], i == dimensions - 1);
        }
        return values;
    }

    private List<@Nullable Object> elements(byte[] buffer, int offset, int end, int count) {
        List<@Nullable Object> values = new ArrayList<>(count);
        int position = offset;
        for (int i = 0; i < count; i++) {
            if (end - position < 4) {
                throw new Malformed("an element is cut off");
            }
            int size = BigEndian.int32(buffer, position);
            position += 4;
            if (size < -1 || size > end - position) {
                throw new Malformed("an element's length is out of range");
            }
            values.add(size < 0 ? null : element.binary(buffer, position, size));
            position += Math.max(size, 0);
        }
        return values;
    }

    private List<@Nullable Object> nested(List<@Nullable Object> values, int size, boolean leaves) {
        List<@Nullable Object> inner = new ArrayList<>(size == 0 ? 0 : values.size() / size);
        for (int i = 0; i < values.size(); i += size) {
            inner.add(literal(values.subList(i, i + size), leaves));
        }
        return inner;
    }

    /** The inner array as a literal; {@code leaves} are quoted where Postgres quotes them, arrays are literals already. */
    String literal(List<@Nullable Object> values, boolean leaves) {
        if (!strings) {
            throw new Malformed("an array of several dimensions does not fit the schema; leave the column out");
        }
        StringBuilder text = new StringBuilder("{");
        for (Object value : values) {
            if (text.length() > 1) {
                text.append(delimiter);
            }
            if (leaves) {
                ArrayText.quote(text, (String) value, delimiter);
            } else {
                text.append(value);
            }
        }
        return text.append('}').toString();
    }

    @Override
    public Object text(byte[] buffer, int offset, int length) {
        return new ArrayText(this, buffer, offset, length).parse();
    }
}
