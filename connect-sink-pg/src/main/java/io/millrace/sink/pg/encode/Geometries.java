package io.millrace.sink.pg.encode;

import io.millrace.sink.destination.FieldEncoder;
import io.millrace.sink.destination.RowBytes;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.DataException;
import org.jspecify.annotations.Nullable;

/**
 * Postgres's own geometric types as text. Debezium carries box, lseg, path and polygon as well-known binary, a polygon as
 * a closed ring: of a polygon whose last point was its first already, one of the two is lost on the way.
 */
final class Geometries {
    private static final int LINE_STRING = 2;
    private static final int POLYGON = 3;

    private Geometries() {}

    /** An encoder to text for a column with this tag, null where the type is none of Postgres's own. */
    static @Nullable FieldEncoder of(String tag, Schema schema) {
        return switch (tag) {
            case "BOX", "LSEG", "POLYGON", "PATH" -> wellKnownBinary(tag, schema);
            case "CIRCLE" -> circle(schema);
            case "LINE" -> line(schema);
            default -> null;
        };
    }

    private static FieldEncoder wellKnownBinary(String tag, Schema schema) {
        Field wkb = schema.field("wkb");
        Field extensions = schema.field("extensions");
        return (value, out) -> {
            Struct struct = (Struct) value;
            double[] points = points(struct.get(wkb));
            Object more = extensions == null ? null : struct.get(extensions);
            boolean open = more instanceof Map<?, ?> map && "false".equals(map.get("closed"));
            write(
                    switch (tag) {
                        // Opposite corners of the ring.
                        case "BOX" -> text(new double[] {points[0], points[1], points[4], points[5]}, 4, "", "");
                        case "LSEG" -> text(points, points.length, "[", "]");
                        case "POLYGON" -> text(points, Math.max(2, points.length - 2), "(", ")");
                        default -> text(points, points.length, open ? "[" : "(", open ? "]" : ")");
                    },
                    out);
        };
    }

    private static FieldEncoder circle(Schema schema) {
        Field center = schema.field("center");
        Field x = center.schema().field("x");
        Field y = center.schema().field("y");
        Field radius = schema.field("radius");
        return (value, out) -> {
            Struct point = (Struct) ((Struct) value).get(center);
            write("<(" + point.get(x) + "," + point.get(y) + ")," + ((Struct) value).get(radius) + ">", out);
        };
    }

    private static FieldEncoder line(Schema schema) {
        Field a = schema.field("a");
        Field b = schema.field("b");
        Field c = schema.field("c");
        return (value, out) -> {
            Struct line = (Struct) value;
            write("{" + line.get(a) + "," + line.get(b) + "," + line.get(c) + "}", out);
        };
    }

    private static double[] points(Object wkb) {
        ByteBuffer bytes = wkb instanceof byte[] array ? ByteBuffer.wrap(array) : ((ByteBuffer) wkb).duplicate();
        try {
            bytes.order(bytes.get() == 1 ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
            int type = bytes.getInt();
            if (type == POLYGON && bytes.getInt() != 1 || type != POLYGON && type != LINE_STRING) {
                throw new DataException("a geometry is neither a line nor a polygon of one ring");
            }
            int count = bytes.getInt();
            if (count < 1 || count > bytes.remaining() / (2 * Double.BYTES)) {
                throw new DataException("a geometry has another number of points than it says");
            }
            double[] points = new double[count * 2];
            for (int i = 0; i < points.length; i++) {
                points[i] = bytes.getDouble();
            }
            return points;
        } catch (java.nio.BufferUnderflowException e) {
            throw new DataException("a geometry ends too early");
        }
    }

    private static String text(double[] points, int length, String begin, String end) {
        StringBuilder text = new StringBuilder(begin);
        for (int i = 0; i < length; i += 2) {
            text.append(i == 0 ? "(" : ",(")
                    .append(points[i])
                    .append(',')
                    .append(points[i + 1])
                    .append(')');
        }
        return text.append(end).toString();
    }

    private static void write(String text, RowBytes out) {
        out.put(text.getBytes(StandardCharsets.UTF_8));
    }
}
