package io.millrace.source.codec;

import io.debezium.jdbc.JdbcValueConverters.DecimalMode;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.connect.data.Schema;
import org.jspecify.annotations.Nullable;

/** Text forms of base types, by the names of their output and send functions in the server's or an extension's source. */
final class BaseTexts {
    private static final NumericDecoder PLAIN_NUMERIC =
            new NumericDecoder(Schema.STRING_SCHEMA, DecimalMode.STRING, null);

    private static final Map<String, TextForm> BASE = new HashMap<>();

    static {
        TextForm text = BaseTexts::text;
        for (String name : List.of("text", "varchar", "bpchar", "name", "unknown", "cstring")) {
            BASE.put(name + "out " + name + "send", text);
        }
        for (String name : List.of("json", "xml", "enum")) {
            BASE.put(name + "_out " + name + "_send", text);
        }
        for (String name : List.of("jsonb", "jsonpath", "ltree", "lquery", "ltxtq")) {
            BASE.put(name + "_out " + name + "_send", decoded(TextDecoder.VERSIONED));
        }
        BASE.put("charout charsend", decoded(TextDecoder.CHAR));
        BASE.put("boolout boolsend", (buffer, offset, length, out) -> {
            Malformed.length(1, length);
            out.append(buffer[offset] != 0 ? 't' : 'f');
        });
        BASE.put("byteaout byteasend", (buffer, offset, length, out) -> out.append("\\x")
                .append(HexFormat.of().formatHex(buffer, offset, offset + length)));
        BASE.put("int2out int2send", decoded(Scalars.INT2));
        BASE.put("int4out int4send", decoded(Scalars.INT4));
        BASE.put("int8out int8send", decoded(Scalars.INT8));
        for (String name : List.of("oid", "xid", "cid")) {
            BASE.put(name + "out " + name + "send", decoded(Scalars.OID));
        }
        BASE.put("int2vectorout int2vectorsend", NestedTexts.vector(decoded(Scalars.INT2)));
        BASE.put("oidvectorout oidvectorsend", NestedTexts.vector(decoded(Scalars.OID)));
        BASE.put("xid8out xid8send", BaseTexts::unsigned);
        BASE.put("tidout tidsend", BaseTexts::rowAddress);
        BASE.put("pg_lsn_out pg_lsn_send", BaseTexts::lsn);
        BASE.put("pg_snapshot_out pg_snapshot_send", BaseTexts::snapshot);
        BASE.put(
                "float4out float4send",
                (buffer, offset, length, out) ->
                        FloatText.append((Float) Scalars.FLOAT4.binary(buffer, offset, length), out));
        BASE.put(
                "float8out float8send",
                (buffer, offset, length, out) ->
                        FloatText.append((Double) Scalars.FLOAT8.binary(buffer, offset, length), out));
        BASE.put("numeric_out numeric_send", BaseTexts::numeric);
        for (TimeTexts form : TimeTexts.values()) {
            String name = form.name().toLowerCase(Locale.ROOT);
            BASE.put(name + "_out " + name + "_send", form);
        }
        BASE.put("inet_out inet_send", decoded(NetworkDecoder.ADDRESS));
        BASE.put("cidr_out cidr_send", decoded(NetworkDecoder.ADDRESS));
        BASE.put("macaddr_out macaddr_send", decoded(NetworkDecoder.HARDWARE));
        BASE.put("macaddr8_out macaddr8_send", decoded(NetworkDecoder.HARDWARE));
        BASE.put("bit_out bit_send", BaseTexts::bits);
        BASE.put("varbit_out varbit_send", BaseTexts::bits);
        BASE.put("uuid_out uuid_send", decoded(UuidDecoder.INSTANCE));
        for (GeometricTexts form : GeometricTexts.values()) {
            String name = form == GeometricTexts.POLYGON ? "poly" : form.name().toLowerCase(Locale.ROOT);
            BASE.put(name + "_out " + name + "_send", form);
        }
        BASE.put("tsvectorout tsvectorsend", SearchTexts.TSVECTOR);
        BASE.put("tsqueryout tsquerysend", SearchTexts.TSQUERY);
        BASE.put("hstore_out hstore_send", BaseTexts::hstore);
        // PostGIS's extended well-known binary is its text in hexadecimal digits.
        for (String name : List.of("LWGEOM", "geography")) {
            BASE.put(
                    name + "_out " + name + "_send",
                    (buffer, offset, length, out) ->
                            out.append(HexFormat.of().withUpperCase().formatHex(buffer, offset, offset + length)));
        }
        BASE.put("vector_out vector_send", BaseTexts::vector);
    }

    private BaseTexts() {}

    /** @param functions output and send function, a blank between */
    static @Nullable TextForm of(String functions) {
        return BASE.get(functions);
    }

    static Stream<TextForm> all() {
        return BASE.values().stream();
    }

    private static TextForm decoded(ValueDecoder decoder) {
        return (buffer, offset, length, text) -> text.append(decoder.binary(buffer, offset, length));
    }

    static void text(byte[] buffer, int offset, int length, StringBuilder text) {
        text.append(new String(buffer, offset, length, StandardCharsets.UTF_8));
    }

    private static void unsigned(byte[] buffer, int offset, int length, StringBuilder text) {
        Malformed.length(8, length);
        text.append(Long.toUnsignedString(BigEndian.int64(buffer, offset)));
    }

    private static void rowAddress(byte[] buffer, int offset, int length, StringBuilder text) {
        Malformed.length(6, length);
        text.append('(')
                .append(Integer.toUnsignedString(BigEndian.int32(buffer, offset)))
                .append(',')
                .append(BigEndian.int16(buffer, offset + 4) & 0xFFFF)
                .append(')');
    }

    private static void lsn(byte[] buffer, int offset, int length, StringBuilder text) {
        Malformed.length(8, length);
        text.append(Integer.toHexString(BigEndian.int32(buffer, offset)).toUpperCase(Locale.ROOT))
                .append('/')
                .append(Integer.toHexString(BigEndian.int32(buffer, offset + 4)).toUpperCase(Locale.ROOT));
    }

    private static void snapshot(byte[] buffer, int offset, int length, StringBuilder text) {
        Parts parts = new Parts(buffer, offset, length);
        int count = parts.count(8);
        text.append(parts.int64()).append(':').append(parts.int64()).append(':');
        for (int i = 0; i < count; i++) {
            text.append(i == 0 ? "" : ",").append(parts.int64());
        }
        parts.finish();
    }

    private static void numeric(byte[] buffer, int offset, int length, StringBuilder text) {
        int sign = length < NumericDecoder.HEADER ? 0 : BigEndian.int16(buffer, offset + 4) & 0xFFFF;
        switch (sign) {
            case NumericDecoder.NAN -> text.append("NaN");
            case NumericDecoder.INFINITY -> text.append("Infinity");
            case NumericDecoder.NEGATIVE_INFINITY -> text.append("-Infinity");
            default -> text.append(PLAIN_NUMERIC.binary(buffer, offset, length));
        }
    }

    private static void bits(byte[] buffer, int offset, int length, StringBuilder text) {
        Parts parts = new Parts(buffer, offset, length);
        int bits = parts.int32();
        int first = parts.skip(length - 4);
        if (bits < 0 || (bits + 7L) / 8 != length - 4) {
            throw new Malformed("the number of bits does not fit the length");
        }
        for (int i = 0; i < bits; i++) {
            text.append((char) ('0' + (buffer[first + (i >> 3)] >> (7 - (i & 7)) & 1)));
        }
    }

    private static void hstore(byte[] buffer, int offset, int length, StringBuilder text) {
        Parts parts = new Parts(buffer, offset, length);
        int count = parts.count(8);
        for (int i = 0; i < count; i++) {
            quote(parts.string(parts.int32()), i == 0 ? text : text.append(", "));
            text.append("=>");
            int size = parts.int32();
            if (size == -1) {
                text.append("NULL");
            } else {
                quote(parts.string(size), text);
            }
        }
        parts.finish();
    }

    private static void quote(String value, StringBuilder text) {
        text.append('"');
        for (int i = 0; i < value.length(); i++) {
            char character = value.charAt(i);
            if (character == '"' || character == '\\') {
                text.append('\\');
            }
            text.append(character);
        }
        text.append('"');
    }

    /** pgvector: a number of dimensions, two unused bytes, floats. */
    private static void vector(byte[] buffer, int offset, int length, StringBuilder text) {
        Parts parts = new Parts(buffer, offset, length);
        int dimensions = parts.int16();
        parts.skip(2);
        text.append('[');
        for (int i = 0; i < dimensions; i++) {
            FloatText.append(Float.intBitsToFloat(parts.int32()), i == 0 ? text : text.append(','));
        }
        text.append(']');
        parts.finish();
    }
}
