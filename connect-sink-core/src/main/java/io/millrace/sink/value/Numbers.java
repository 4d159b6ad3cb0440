package io.millrace.sink.value;

import io.millrace.sink.destination.SourceType;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.DataException;
import org.jspecify.annotations.Nullable;

/** Debezium's ways of carrying numbers, bits and identifiers. */
public final class Numbers {
    private Numbers() {}

    /** Reads {@code io.debezium.data.VariableScaleDecimal} of this schema. */
    public static Function<Object, BigDecimal> variableScale(Schema schema) {
        Field scale = schema.field("scale");
        Field unscaled = schema.field("value");
        return value -> {
            Struct struct = (Struct) value;
            return new BigDecimal(new BigInteger(bytes(struct.get(unscaled))), (Integer) struct.get(scale));
        };
    }

    /** {@code io.debezium.data.Bits}, a number with its least byte first, as so many digits 0 and 1, the highest first. */
    public static String bits(Object value, int width) {
        byte[] little = bytes(value);
        StringBuilder text = new StringBuilder(width);
        for (int bit = width - 1; bit >= 0; bit--) {
            boolean set = bit / 8 < little.length && (little[bit / 8] >> (bit % 8) & 1) != 0;
            text.append(set ? '1' : '0');
        }
        return text.toString();
    }

    /**
     * How many digits {@link #bits} of this column has, 0 when nothing tells, or more than {@code most}.
     *
     * @param type the source's, when it is of bits
     */
    public static int bitWidth(Schema schema, @Nullable SourceType type, int most) {
        Map<String, String> parameters = schema.parameters();
        String declared = parameters == null ? null : parameters.get("length");
        int told = type != null && type.name().equals("BIT") ? type.length() : -1;
        int width = told > 0 || declared == null ? told : Integer.parseInt(declared);
        return width <= 0 || width > most ? 0 : width;
    }

    /** @throws DataException for text that is none; the message does not show it */
    public static UUID uuid(Object value) {
        try {
            return UUID.fromString((String) value);
        } catch (IllegalArgumentException e) {
            // Not as the cause: its message shows the value.
            throw new DataException("a UUID is malformed");
        }
    }

    /** The bytes of a value of type BYTES, which converters give in either form. */
    public static byte[] bytes(Object value) {
        if (value instanceof byte[] array) {
            return array;
        }
        ByteBuffer buffer = (ByteBuffer) value;
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return bytes;
    }
}
