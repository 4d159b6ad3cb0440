package io.millrace.sink.pg.encode;

import io.millrace.sink.destination.Encoding;
import io.millrace.sink.destination.FieldEncoder;
import io.millrace.sink.destination.RowBytes;
import io.millrace.sink.destination.SourceColumn;
import io.millrace.sink.destination.SourceType;
import io.millrace.sink.value.Instants;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Date;
import java.util.Map;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.DataException;
import org.jspecify.annotations.Nullable;

/**
 * Chooses the staged type and the encoder of a column by the meaning of its schema: Debezium's semantic types and
 * Connect's logical ones. What has no binary form here is staged as text and cast when it is applied.
 */
public final class Encodings {
    private static final long MILLIS = 1000L;

    private static final int TEXT_OID = 25;

    /** Object identifiers of the types that are staged, which array elements carry. */
    private static final Map<String, Integer> OIDS = Map.ofEntries(
            Map.entry("bool", 16),
            Map.entry("bytea", 17),
            Map.entry("int8", 20),
            Map.entry("int2", 21),
            Map.entry("int4", 23),
            Map.entry("text", TEXT_OID),
            Map.entry("json", 114),
            Map.entry("point", 600),
            Map.entry("float4", 700),
            Map.entry("float8", 701),
            Map.entry("date", 1082),
            Map.entry("time", 1083),
            Map.entry("timestamp", 1114),
            Map.entry("timestamptz", 1184),
            Map.entry("interval", 1186),
            Map.entry("varbit", 1562),
            Map.entry("numeric", 1700),
            Map.entry("uuid", 2950),
            Map.entry("jsonb", 3802));

    private Encodings() {}

    /** @throws DataException when no value of the schema can be stored */
    public static Encoding of(SourceColumn column) {
        Encoding encoding = of(column.schema(), column.type());
        if (encoding == null) {
            throw new DataException("Column \"" + column.name() + "\" has values of schema " + column.describe()
                    + ", which this sink cannot store; leave it out, or turn it into text by a transformation");
        }
        return encoding;
    }

    private static @Nullable Encoding of(Schema schema, @Nullable SourceType type) {
        String tag = type == null ? "" : type.name();
        FieldEncoder geometry = schema.type() == Schema.Type.STRUCT ? Geometries.of(tag, schema) : null;
        if (geometry != null) {
            return new Encoding("text", geometry);
        }
        if (schema.name() != null) {
            Encoding named = named(schema, tag, type);
            if (named != null) {
                return named;
            }
        }
        return switch (schema.type()) {
            case BOOLEAN ->
                tag.equals("BIT") || tag.equals("VARBIT")
                        ? new Encoding("text", (value, out) -> out.putByte((Boolean) value ? '1' : '0'))
                        : new Encoding("bool", (value, out) -> out.putByte((Boolean) value ? 1 : 0));
            case INT8 -> new Encoding("int2", (value, out) -> out.putShort((Byte) value));
            case INT16 -> new Encoding("int2", (value, out) -> out.putShort((Short) value));
            case INT32 -> new Encoding("int4", (value, out) -> out.putInt((Integer) value));
            case INT64 -> new Encoding("int8", (value, out) -> out.putLong((Long) value));
            case FLOAT32 ->
                new Encoding(
                        "float4",
                        (value, out) -> out.putInt(Float.floatToIntBits((Float) value)),
                        // Minus zero and zero are one key.
                        (value, out) -> out.putInt(Float.floatToIntBits((Float) value + 0f)));
            case FLOAT64 ->
                new Encoding(
                        "float8",
                        (value, out) -> out.putLong(Double.doubleToLongBits((Double) value)),
                        (value, out) -> out.putLong(Double.doubleToLongBits((Double) value + 0d)));
            case STRING -> string(tag);
            case BYTES -> new Encoding("bytea", Texts::bytes);
            case ARRAY -> array(schema, tag);
            case MAP ->
                isText(schema.keySchema()) && isText(schema.valueSchema())
                        ? new Encoding("text[]", Collections.pairs(TEXT_OID))
                        : null;
            case STRUCT -> null;
        };
    }

    private static @Nullable Encoding named(Schema schema, String tag, @Nullable SourceType type) {
        return switch (schema.name()) {
            case "org.apache.kafka.connect.data.Decimal" -> numeric(value -> (BigDecimal) value);
            case "io.debezium.data.VariableScaleDecimal" -> variableScale(schema);
            case "io.debezium.data.Uuid" -> new Encoding("uuid", Texts::uuid);
            case "io.debezium.data.Json" -> json(tag);
            case "io.debezium.data.Bits" -> bits(schema, tag, type);
            case "io.debezium.data.geometry.Point" -> new Encoding("point", Collections.point(schema));
            case "io.debezium.data.geometry.Geometry", "io.debezium.data.geometry.Geography" ->
                new Encoding("bytea", Collections.geometry(schema));
            case "io.debezium.data.FloatVector", "io.debezium.data.DoubleVector" ->
                new Encoding("text", Collections::vector);
            default -> temporal(schema.name(), tag);
        };
    }

    private static @Nullable Encoding temporal(String name, String tag) {
        String timestamp = tag.equals("TIMESTAMPTZ") ? "timestamptz" : "timestamp";
        return switch (name) {
            case "io.debezium.time.Date" ->
                new Encoding("date", (value, out) -> out.putInt(Times.days((Integer) value)));
            case "org.apache.kafka.connect.data.Date" ->
                new Encoding(
                        "date",
                        (value, out) -> out.putInt(Times.days(Math.floorDiv(((Date) value).getTime(), 86_400_000L))));
            case "io.debezium.time.Timestamp" ->
                new Encoding(timestamp, (value, out) -> out.putLong(Times.fromMillis((Long) value)));
            case "io.debezium.time.MicroTimestamp" ->
                new Encoding(timestamp, (value, out) -> out.putLong(Times.fromMicros((Long) value)));
            case "io.debezium.time.NanoTimestamp" ->
                new Encoding(timestamp, (value, out) -> out.putLong(Times.fromNanos((Long) value)));
            case "org.apache.kafka.connect.data.Timestamp" ->
                new Encoding(timestamp, (value, out) -> out.putLong(Times.fromMillis(((Date) value).getTime())));
            case "io.debezium.time.ZonedTimestamp" ->
                new Encoding("timestamptz", (value, out) -> out.putLong(Times.instant((String) value)));
            case "io.debezium.time.Time" -> new Encoding("time", (value, out) -> out.putLong((Integer) value * MILLIS));
            case "io.debezium.time.MicroTime" -> new Encoding("time", (value, out) -> out.putLong((Long) value));
            case "io.debezium.time.NanoTime" ->
                new Encoding("time", (value, out) -> out.putLong(Instants.exactMicros((Long) value)));
            case "org.apache.kafka.connect.data.Time" ->
                new Encoding("time", (value, out) -> out.putLong(((Date) value).getTime() * MILLIS));
            case "io.debezium.time.MicroDuration" ->
                new Encoding("interval", (value, out) -> interval((Long) value, out));
            case "io.debezium.time.NanoDuration" ->
                new Encoding("interval", (value, out) -> interval(Instants.exactMicros((Long) value), out));
            default -> null;
        };
    }

    private static void interval(long micros, RowBytes out) {
        out.putLong(micros);
        out.putInt(0);
        out.putInt(0);
    }

    private static Encoding json(String tag) {
        return tag.equals("JSONB") ? new Encoding("jsonb", Texts::jsonb) : new Encoding("json", Texts::text);
    }

    private static Encoding bits(Schema schema, String tag, @Nullable SourceType type) {
        Map<String, String> parameters = schema.parameters();
        String declared = parameters == null ? null : parameters.get("length");
        int width = type != null && type.length() > 0 && tag.equals("BIT") ? type.length() : -1;
        if (width < 0 && declared != null) {
            width = Integer.parseInt(declared);
        }
        return width > 0 && width < 1 << 20
                ? new Encoding("varbit", Collections.bits(width))
                : new Encoding("bytea", Texts::bytes);
    }

    private static Encoding string(String tag) {
        return switch (tag) {
            case "BPCHAR" -> new Encoding("text", Texts::text, Encodings::unpadded);
            case "NUMERIC", "DECIMAL" -> new Encoding("text", Numerics::text);
            default -> new Encoding("text", Texts::text);
        };
    }

    private interface Decimal {
        BigDecimal of(Object value);
    }

    private static Encoding numeric(Decimal decimal) {
        return new Encoding(
                "numeric",
                (value, out) -> Numerics.encode(decimal.of(value), out),
                (value, out) -> Numerics.encodeKey(decimal.of(value), out));
    }

    private static Encoding variableScale(Schema schema) {
        var scale = schema.field("scale");
        var unscaled = schema.field("value");
        return numeric(value -> {
            Struct struct = (Struct) value;
            Object bytes = struct.get(unscaled);
            byte[] array = bytes instanceof byte[] plain ? plain : bytesOf((java.nio.ByteBuffer) bytes);
            return new BigDecimal(new BigInteger(array), (Integer) struct.get(scale));
        });
    }

    private static byte[] bytesOf(java.nio.ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return bytes;
    }

    private static @Nullable Encoding array(Schema schema, String tag) {
        Schema element = schema.valueSchema();
        SourceType elementType = SourceType.of(element);
        if (elementType == null && tag.startsWith("_")) {
            elementType = new SourceType(tag.substring(1), -1, -1);
        }
        Encoding encoding = of(element, elementType);
        Integer oid = encoding == null ? null : OIDS.get(encoding.form());
        if (encoding == null || oid == null) {
            return null;
        }
        FieldEncoder array = Collections.array(encoding.field(), oid);
        return new Encoding(encoding.form() + "[]", array, Collections.array(encoding.key(), oid));
    }

    private static boolean isText(Schema schema) {
        return schema.type() == Schema.Type.STRING;
    }

    /** Trailing blanks do not count when Postgres compares values of type char(n). */
    private static void unpadded(Object value, RowBytes out) {
        String text = (String) value;
        int end = text.length();
        while (end > 0 && text.charAt(end - 1) == ' ') {
            end--;
        }
        Texts.text(text.substring(0, end), out);
    }
}
