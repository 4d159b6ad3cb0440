package io.millrace.source.codec;

import io.debezium.connector.postgresql.PostgresValueConverter;
import io.debezium.connector.postgresql.connection.AbstractColumnValue;
import io.debezium.data.SpecialValueDecimal;
import java.math.BigDecimal;
import java.util.HexFormat;
import org.postgresql.jdbc.PgConnection;

/** A value's text as Debezium's resolver of column values wants it. */
final class TextValue extends AbstractColumnValue<String> {
    private final String text;

    TextValue(String text) {
        this.text = text;
    }

    /** Arrays, which alone need a connection there, are taken apart here. */
    static PgConnection noConnection() {
        throw new IllegalStateException("No connection is used for conversions");
    }

    @Override
    public String getRawValue() {
        return text;
    }

    @Override
    public boolean isNull() {
        return false;
    }

    @Override
    public String asString() {
        return text;
    }

    @Override
    public Boolean asBoolean() {
        return "t".equals(text);
    }

    @Override
    public Integer asInteger() {
        return Integer.valueOf(text);
    }

    @Override
    public Long asLong() {
        return Long.valueOf(text);
    }

    @Override
    public Float asFloat() {
        return Float.valueOf(text);
    }

    @Override
    public Double asDouble() {
        return Double.valueOf(text);
    }

    @Override
    public Object asDecimal() {
        return PostgresValueConverter.toSpecialValue(text)
                .orElseGet(() -> new SpecialValueDecimal(new BigDecimal(text)));
    }

    @Override
    public byte[] asByteArray() {
        return HexFormat.of().parseHex(text, 2, text.length());
    }
}
