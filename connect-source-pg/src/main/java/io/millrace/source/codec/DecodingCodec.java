package io.millrace.source.codec;

import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.ConnectException;
import org.jspecify.annotations.Nullable;

/** A decoder with its schemas and the names for its errors. */
record DecodingCodec(
        String column,
        String type,
        ValueDecoder decoder,
        boolean binary,
        boolean binaryStream,
        Schema schema,
        Schema keySchema,
        @Nullable Object absent,
        Object unavailable)
        implements ColumnCodec {

    @Override
    public Object fromBinary(byte[] buffer, int offset, int length) {
        try {
            return decoder.binary(buffer, offset, length);
        } catch (Malformed e) {
            throw failure("binary", length, e.getMessage());
        } catch (IndexOutOfBoundsException | ArithmeticException | IllegalArgumentException | ConnectException e) {
            // Their messages may quote the value.
            throw failure("binary", length, e.getClass().getSimpleName());
        }
    }

    @Override
    public Object fromText(byte[] buffer, int offset, int length) {
        try {
            return decoder.text(buffer, offset, length);
        } catch (Malformed e) {
            throw failure("text", length, e.getMessage());
        } catch (IndexOutOfBoundsException | ArithmeticException | IllegalArgumentException | ConnectException e) {
            throw failure("text", length, e.getClass().getSimpleName());
        }
    }

    private DecodingException failure(String form, int length, @Nullable String reason) {
        return new DecodingException("Column " + column + " of type " + type + ": cannot decode " + length
                + " bytes in " + form + " form: " + reason);
    }

    @Override
    public @Nullable Object keyValue(@Nullable Object value) {
        if (!(value instanceof Struct struct) || schema == keySchema) {
            return value;
        }
        Struct key = new Struct(keySchema);
        for (Field field : keySchema.fields()) {
            key.put(field, struct.get(field.name()));
        }
        return key;
    }
}
