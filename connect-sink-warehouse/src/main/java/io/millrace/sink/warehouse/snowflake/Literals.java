package io.millrace.sink.warehouse.snowflake;

import io.millrace.sink.destination.RowBytes;
import io.millrace.sink.warehouse.snowflake.encode.Mapping;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Values as parts of statements, the same that their encoding makes of them. Pure. */
final class Literals {
    private Literals() {}

    /** As the staging table would hold it. */
    static String staged(Mapping mapping, Object value) {
        RowBytes out = new RowBytes();
        mapping.field().encode(value, out);
        return switch (Mapping.staged(mapping.type())) {
            case "BIGINT" ->
                String.valueOf(ByteBuffer.wrap(out.array(), 0, out.length()).getLong());
            case "BOOLEAN" -> out.array()[0] == 0 ? "FALSE" : "TRUE";
            default -> Sql.text(new String(out.array(), 0, out.length(), StandardCharsets.UTF_8));
        };
    }

    /**
     * What a column of this type may have as its default, which has to be a constant of the type; null where there is none.
     *
     * @param staged of {@link #staged}
     */
    static @Nullable String constant(Mapping mapping, String staged) {
        if (mapping.type().startsWith("NUMBER")) {
            return staged.replace("'", "");
        }
        return mapping.type().equals("VARCHAR") || mapping.type().equals("BOOLEAN") ? staged : null;
    }
}
