package io.millrace.source.codec;

import io.debezium.data.geometry.Point;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.connect.data.Schema;

/** point as Debezium's struct of coordinates and WKB. */
record PointDecoder(Schema schema) implements ValueDecoder {
    @Override
    public Object binary(byte[] buffer, int offset, int length) {
        Malformed.length(16, length);
        return Point.createValue(
                schema,
                Double.longBitsToDouble(BigEndian.int64(buffer, offset)),
                Double.longBitsToDouble(BigEndian.int64(buffer, offset + 8)));
    }

    @Override
    public Object text(byte[] buffer, int offset, int length) {
        String text = new String(buffer, offset, length, StandardCharsets.ISO_8859_1);
        int comma = text.indexOf(',');
        if (length < 5 || comma < 0 || text.charAt(0) != '(' || text.charAt(length - 1) != ')') {
            throw new Malformed("a point expected");
        }
        return Point.createValue(
                schema,
                Double.parseDouble(text.substring(1, comma)),
                Double.parseDouble(text.substring(comma + 1, length - 1)));
    }
}
