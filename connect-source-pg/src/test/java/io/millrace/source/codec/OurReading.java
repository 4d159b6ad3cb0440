package io.millrace.source.codec;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;

/** Our reading of column {@code v} of a table, by COPY in both forms. */
record OurReading(ColumnCodec codec, List<Object> binary, List<Object> text, List<Object> key) {
    private static final int SIGNATURE = 11;

    static OurReading read(Connection connection, ColumnCodecs codecs, String table) throws SQLException {
        ColumnCodec codec = codecs.codec(describe(connection, table, "v")).orElseThrow();
        List<byte @Nullable []> texts = copyText(connection, table);
        List<Object> text = new ArrayList<>();
        List<Object> keys = new ArrayList<>();
        for (byte[] value : texts) {
            Object decoded = value == null ? null : attempt(() -> codec.fromText(value, 0, value.length));
            text.add(Values.comparable(decoded));
            keys.add(Values.comparable(codec.keyValue(decoded)));
        }
        List<Object> binary = new ArrayList<>();
        if (codec.binary()) {
            for (byte[] value : copyBinary(connection, table)) {
                binary.add(value == null ? "NULL" : Values.comparable(attempt(() -> shifted(codec, value))));
            }
        }
        return new OurReading(codec, binary, text, keys);
    }

    /** The value in the middle of a larger buffer, as it is on the wire. */
    private static Object shifted(ColumnCodec codec, byte[] value) {
        byte[] buffer = new byte[value.length + 20];
        java.util.Arrays.fill(buffer, (byte) 0x5A);
        System.arraycopy(value, 0, buffer, 7, value.length);
        return codec.fromBinary(buffer, 7, value.length);
    }

    private static Object attempt(java.util.function.Supplier<Object> decoding) {
        try {
            return decoding.get();
        } catch (DecodingException e) {
            String message = String.valueOf(e.getMessage());
            return "refused" + message.substring(message.lastIndexOf(':'));
        }
    }

    static ColumnDescription describe(Connection connection, String table, String column) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(
                """
                SELECT a.atttypid::int8, a.atttypmod, a.attnotnull, pg_get_expr(d.adbin, d.adrelid),
                       a.attndims
                FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
                WHERE a.attrelid = quote_ident(?)::regclass AND a.attname = ?
                """)) {
            statement.setString(1, table);
            statement.setString(2, column);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return new ColumnDescription(
                        column,
                        (int) row.getLong(1),
                        row.getInt(2),
                        row.getInt(5),
                        row.getBoolean(3),
                        row.getString(4),
                        false);
            }
        }
    }

    private static byte[] copy(Connection connection, String table, String format) throws SQLException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            connection
                    .unwrap(PGConnection.class)
                    .getCopyAPI()
                    .copyOut(
                            "COPY (SELECT v FROM \"" + table + "\" ORDER BY id) TO STDOUT (FORMAT " + format + ")",
                            out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    private static List<byte @Nullable []> copyBinary(Connection connection, String table) throws SQLException {
        ByteBuffer data = ByteBuffer.wrap(copy(connection, table, "binary"));
        data.position(SIGNATURE + 4);
        data.position(data.position() + 4 + data.getInt(data.position()));
        List<byte @Nullable []> values = new ArrayList<>();
        while (data.getShort() == 1) {
            int length = data.getInt();
            byte[] value = length < 0 ? null : new byte[length];
            if (value != null) {
                data.get(value);
            }
            values.add(value);
        }
        return values;
    }

    /** Undoes the escapes of COPY's text format, which leaves what the type's output function wrote. */
    static List<byte @Nullable []> copyText(Connection connection, String table) throws SQLException {
        List<byte @Nullable []> values = new ArrayList<>();
        ByteArrayOutputStream value = new ByteArrayOutputStream();
        boolean isNull = false;
        byte[] data = copy(connection, table, "text");
        for (int i = 0; i < data.length; i++) {
            if (data[i] == '\n') {
                values.add(isNull ? null : value.toByteArray());
                value.reset();
                isNull = false;
            } else if (data[i] == '\\') {
                i++;
                isNull |= data[i] == 'N';
                int escape = "bfnrtv".indexOf(data[i]);
                value.write(escape < 0 ? data[i] : "\b\f\n\r\t\u000b".charAt(escape));
            } else {
                value.write(data[i]);
            }
        }
        return values;
    }
}
