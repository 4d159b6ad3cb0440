package io.millrace.sink.pg.encode;

import io.millrace.sink.destination.FieldEncoder;
import io.millrace.sink.destination.RowBytes;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;

/** Arrays, maps, bit strings, points and vectors. */
final class Collections {
    private static final int NULL = -1;

    private Collections() {}

    /** One dimension, counted from 1. */
    static FieldEncoder array(FieldEncoder element, int elementOid) {
        return (value, out) -> {
            Collection<?> list = (Collection<?>) value;
            out.putInt(list.isEmpty() ? 0 : 1);
            int hasNull = out.length();
            out.putInt(0);
            out.putInt(elementOid);
            if (list.isEmpty()) {
                return;
            }
            out.putInt(list.size());
            out.putInt(1);
            for (Object each : list) {
                int start = out.length();
                out.putInt(NULL);
                if (each == null) {
                    out.setInt(hasNull, 1);
                } else {
                    element.encode(each, out);
                    out.setInt(start, out.length() - start - Integer.BYTES);
                }
            }
        };
    }

    /** A map as an array of text: key, value, key, value. */
    static FieldEncoder pairs(int textOid) {
        FieldEncoder array = array(Texts::text, textOid);
        return (value, out) -> {
            List<Object> pairs = new ArrayList<>();
            for (Map.Entry<?, ?> entry : ((Map<?, ?>) value).entrySet()) {
                pairs.add(entry.getKey());
                pairs.add(entry.getValue());
            }
            array.encode(pairs, out);
        };
    }

    /** Debezium's Bits: a number, least byte first, to {@code width} bits, highest first. */
    static FieldEncoder bits(int width) {
        return (value, out) -> {
            byte[] little = value instanceof byte[] array ? array : copy((ByteBuffer) value);
            out.putInt(width);
            for (int first = 0; first < width; first += 8) {
                int packed = 0;
                for (int i = first; i < first + 8; i++) {
                    int bit = width - 1 - i;
                    boolean set = bit >= 0 && bit / 8 < little.length && (little[bit / 8] >> (bit % 8) & 1) != 0;
                    packed = packed << 1 | (set ? 1 : 0);
                }
                out.putByte(packed);
            }
        };
    }

    static FieldEncoder point(Schema schema) {
        var x = schema.field("x");
        var y = schema.field("y");
        return (value, out) -> {
            Struct point = (Struct) value;
            out.putLong(Double.doubleToLongBits((Double) point.get(x)));
            out.putLong(Double.doubleToLongBits((Double) point.get(y)));
        };
    }

    /** Well-known binary, which PostGIS reads from bytea. */
    static FieldEncoder geometry(Schema schema) {
        var wkb = schema.field("wkb");
        return (value, out) -> Texts.bytes(((Struct) value).get(wkb), out);
    }

    /** pgvector's text: {@code [1,2.5]}. */
    static void vector(Object value, RowBytes out) {
        StringBuilder text = new StringBuilder("[");
        for (Object each : (Collection<?>) value) {
            text.append(text.length() == 1 ? "" : ",").append(each);
        }
        out.put(text.append(']').toString().getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] copy(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return bytes;
    }
}
