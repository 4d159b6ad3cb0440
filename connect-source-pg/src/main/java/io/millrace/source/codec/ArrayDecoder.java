package io.millrace.source.codec;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Arrays of one dimension as lists; lower bounds are not kept. Columns declared with several have no such schema and are
 * carried as text; where the declaration does not tell, an array of several is refused: Debezium's list would hold NULLs
 * for the inner ones.
 */
record ArrayDecoder(ValueDecoder element, char delimiter) implements ValueDecoder {
    static final String DIMENSIONS =
            "an array of several dimensions in a column declared with one; declare it as it is used, which changes no row"
                    + " (ALTER TABLE ... ALTER COLUMN ... TYPE element_type[][]), or leave the column out";
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
        int count = dimensions == 0 ? 0 : BigEndian.int32(buffer, offset + 12);
        if (count < 0 || count > (length - header) / 4) {
            throw new Malformed("the dimensions do not fit the length");
        }
        if (dimensions > 1) {
            throw new Malformed(DIMENSIONS);
        }
        return elements(buffer, offset + header, offset + length, count);
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

    @Override
    public Object text(byte[] buffer, int offset, int length) {
        return new ArrayText(this, buffer, offset, length).parse();
    }
}
