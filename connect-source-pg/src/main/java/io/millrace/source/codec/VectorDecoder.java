package io.millrace.source.codec;

import java.util.ArrayList;
import java.util.List;

/** int2vector and oidvector: arrays in binary form, and in text numbers with blanks between. */
record VectorDecoder(ArrayDecoder array) implements ValueDecoder {
    @Override
    public Object binary(byte[] buffer, int offset, int length) {
        return array.binary(buffer, offset, length);
    }

    @Override
    public Object text(byte[] buffer, int offset, int length) {
        List<Object> values = new ArrayList<>();
        int end = offset + length;
        int start = offset;
        for (int i = offset; i <= end && length > 0; i++) {
            if (i == end || buffer[i] == ' ') {
                values.add(array.element().text(buffer, start, i - start));
                start = i + 1;
            }
        }
        return values;
    }
}
