package io.millrace.source.codec;

import io.debezium.relational.ValueConverter;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** hstore by Debezium's converter, which makes a map or JSON of it. */
record HstoreDecoder(ValueConverter converter) implements ValueDecoder {
    @Override
    public Object binary(byte[] buffer, int offset, int length) {
        int end = offset + length;
        if (length < 4) {
            throw new Malformed("a count expected");
        }
        int count = BigEndian.int32(buffer, offset);
        if (count < 0 || count > (length - 4) / 8) {
            throw new Malformed("the count does not fit the length");
        }
        // A hash map like the driver's, so that JSON has the same order.
        Map<String, @Nullable String> map = new HashMap<>();
        int position = offset + 4;
        for (int i = 0; i < count; i++) {
            int keyLength = size(buffer, position, end);
            position += 4;
            String key = new String(buffer, position, keyLength, StandardCharsets.UTF_8);
            position += keyLength;
            int valueLength = size(buffer, position, end);
            position += 4;
            map.put(key, valueLength < 0 ? null : new String(buffer, position, valueLength, StandardCharsets.UTF_8));
            position += Math.max(valueLength, 0);
        }
        return Converted.value(converter, map);
    }

    /** Debezium's placeholder: a map of it to itself. */
    Object unavailable(String placeholder) {
        return Converted.value(converter, new HashMap<>(Map.of(placeholder, placeholder)));
    }

    private static int size(byte[] buffer, int position, int end) {
        if (end - position < 4) {
            throw new Malformed("a length expected");
        }
        int size = BigEndian.int32(buffer, position);
        if (size < -1 || size > end - position - 4) {
            throw new Malformed("a length out of range");
        }
        return size;
    }

    @Override
    public Object text(byte[] buffer, int offset, int length) {
        return Converted.value(converter, new String(buffer, offset, length, StandardCharsets.UTF_8));
    }
}
