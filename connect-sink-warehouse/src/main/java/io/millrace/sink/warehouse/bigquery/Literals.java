package io.millrace.sink.warehouse.bigquery;

import io.millrace.sink.destination.RowBytes;
import io.millrace.sink.warehouse.bigquery.encode.Mapping;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Set;

/** Values as parts of statements, the same that their encoding makes of them. Pure. */
final class Literals {
    private static final Set<String> BY_FUNCTION = Set.of("DATE", "TIME", "DATETIME", "TIMESTAMP", "BYTES");

    private Literals() {}

    static String of(Mapping mapping, Object value) {
        RowBytes out = new RowBytes();
        mapping.field().encode(value, out);
        byte[] bytes = Arrays.copyOf(out.array(), out.length());
        String staged =
                switch (Mapping.staged(mapping.type())) {
                    case LONG -> String.valueOf(ByteBuffer.wrap(bytes).getLong());
                    case DOUBLE -> number(ByteBuffer.wrap(bytes).getDouble());
                    case BOOLEAN -> bytes[0] == 0 ? "FALSE" : "TRUE";
                    case BYTES -> "FROM_BASE64(" + Sql.text(Base64.getEncoder().encodeToString(bytes)) + ")";
                    case STRING -> Sql.text(new String(bytes, StandardCharsets.UTF_8));
                };
        String plain = mapping.type().replaceAll("\\(.*", "");
        return switch (plain) {
            // As literals, which a default may be where a function may not.
            case "JSON", "NUMERIC", "BIGNUMERIC" -> plain + " " + staged;
            default -> Mapping.read(mapping.type(), staged);
        };
    }

    private static String number(double number) {
        return Double.isFinite(number) ? String.valueOf(number) : "CAST('" + number + "' AS FLOAT64)";
    }

    /** Whether a column of this type may have {@link #of} as its default: no function may be part of that. */
    static boolean isConstant(String type, String literal) {
        return !BY_FUNCTION.contains(type) && !literal.startsWith("CAST(");
    }
}
