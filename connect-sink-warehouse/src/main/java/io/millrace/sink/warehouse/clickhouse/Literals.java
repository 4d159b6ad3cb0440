package io.millrace.sink.warehouse.clickhouse;

import io.millrace.sink.destination.RowBytes;
import io.millrace.sink.warehouse.clickhouse.encode.Mapping;
import io.millrace.sink.warehouse.clickhouse.encode.RowBinary;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** Values as parts of statements, the same that their encoding makes of them. Pure. */
final class Literals {
    private Literals() {}

    static String of(Mapping mapping, Object value) {
        RowBytes out = new RowBytes();
        mapping.field().encode(value, out);
        ByteBuffer bytes = ByteBuffer.wrap(out.array(), 0, out.length()).order(ByteOrder.LITTLE_ENDIAN);
        return switch (mapping.type()) {
            case "String" -> text(RowBinary.content(bytes));
            case TablePlan.INSTANT -> "fromUnixTimestamp64Micro(" + bytes.getLong() + ", 'UTC')";
            default -> "CAST(" + Sql.text(plain(mapping, value)) + " AS " + mapping.type() + ")";
        };
    }

    private static String text(ByteBuffer bytes) {
        try {
            return Sql.text(StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(bytes.duplicate())
                    .toString());
        } catch (CharacterCodingException e) {
            byte[] content = new byte[bytes.remaining()];
            bytes.get(content);
            return "unhex('" + HexFormat.of().formatHex(content) + "')";
        }
    }

    /** JSON without the quotes of a string: dates, numbers and UUIDs have nothing in them that JSON escapes. */
    private static String plain(Mapping mapping, Object value) {
        StringBuilder json = new StringBuilder();
        mapping.json().write(value, json);
        return json.charAt(0) == '"' ? json.substring(1, json.length() - 1) : json.toString();
    }
}
