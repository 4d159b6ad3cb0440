package io.millrace.sink.value;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.function.Function;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;

/** Debezium's ways of carrying numbers and bits. */
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
