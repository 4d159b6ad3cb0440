package io.millrace.source.codec;

import io.debezium.connector.postgresql.PostgresType;
import io.debezium.connector.postgresql.TypeRegistry;
import io.debezium.connector.postgresql.connection.ReplicationMessageColumnValueResolver;
import io.debezium.relational.ValueConverter;
import java.nio.charset.StandardCharsets;

/** Everything without a decoder here: the text form, by the way that Debezium's stream takes. */
record Converted(PostgresType type, TypeRegistry registry, ValueConverter converter) implements ValueDecoder {
    @Override
    public boolean readsBinary() {
        return false;
    }

    @Override
    public Object binary(byte[] buffer, int offset, int length) {
        throw new Malformed("only the text form is understood");
    }

    @Override
    public Object text(byte[] buffer, int offset, int length) {
        TextValue value = new TextValue(new String(buffer, offset, length, StandardCharsets.UTF_8));
        Object resolved = ReplicationMessageColumnValueResolver.resolveValue(
                "", type, type.getName(), value, TextValue::noConnection, true, registry);
        return value(converter, resolved);
    }

    /** Debezium gives null for what it cannot convert; a value must not become NULL. */
    static Object value(ValueConverter converter, Object logical) {
        Object value = converter.convert(logical);
        if (value == null) {
            throw new Malformed("Debezium's conversion refused the value");
        }
        return value;
    }
}
