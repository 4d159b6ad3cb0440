package io.millrace.sink.change;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.connect.data.Schema;

/**
 * The placeholder that stands for an unchanged value which the source's log does not hold (TOAST), in all of Debezium's
 * forms: a string, its bytes, an array of the one string, of its UUID or of its bytes, a map or JSON object of it.
 */
public final class Unavailable {
    private final String text;
    private final String json;
    private final String uuid;
    private final byte[] bytes;
    private final List<Integer> ints;
    private final List<Long> longs;

    public Unavailable(String placeholder) {
        text = placeholder;
        json = "{\"" + placeholder + "\":\"" + placeholder + "\"}";
        bytes = placeholder.getBytes(StandardCharsets.UTF_8);
        uuid = UUID.nameUUIDFromBytes(bytes).toString();
        ints = new ArrayList<>();
        longs = new ArrayList<>();
        for (byte b : bytes) {
            ints.add((int) b);
            longs.add((long) b);
        }
    }

    /** Whether a column of this type can hold a placeholder at all; values of other types need no look. */
    static boolean possible(Schema schema) {
        return switch (schema.type()) {
            case STRING, BYTES, ARRAY, MAP -> true;
            default -> false;
        };
    }

    boolean is(Object value) {
        if (value instanceof String string) {
            return string.equals(text) || string.equals(json);
        }
        if (value instanceof ByteBuffer buffer) {
            return buffer.remaining() == bytes.length && buffer.equals(ByteBuffer.wrap(bytes));
        }
        if (value instanceof byte[] array) {
            return Arrays.equals(array, bytes);
        }
        if (value instanceof List<?> list) {
            return isArray(list);
        }
        return value instanceof Map<?, ?> map && map.size() == 1 && text.equals(map.get(text));
    }

    private boolean isArray(List<?> list) {
        if (list.size() == 1) {
            Object only = list.get(0);
            return only != null && !(only instanceof List) && (is(only) || uuid.equals(only));
        }
        return list.size() == bytes.length && (list.equals(ints) || list.equals(longs));
    }
}
