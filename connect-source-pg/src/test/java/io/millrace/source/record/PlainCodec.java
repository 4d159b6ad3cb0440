package io.millrace.source.record;

import io.millrace.source.catalog.TableId;
import io.millrace.source.codec.ColumnCodec;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Function;
import org.apache.kafka.connect.data.Schema;
import org.jspecify.annotations.Nullable;

/**
 * A column whose values have a text alone.
 *
 * @param reading a value from its text
 */
public record PlainCodec(Schema schema, Function<String, Object> reading) implements ColumnCodec {
    /** A table with this column, k, as its key. @param type the column's OID */
    public static TableSchema keyed(TableId table, int type, PlainCodec codec) {
        return new TableSchema(
                table,
                new TopicNames("shop", "beat", "transaction", NameAdjustment.NONE),
                new SourceBlock("shop", "db"),
                List.of(new TableSchema.Input("k", type, codec)),
                List.of("k"),
                List.of("k"),
                List.of());
    }

    @Override
    public Schema keySchema() {
        return schema;
    }

    @Override
    public boolean binary() {
        return false;
    }

    @Override
    public boolean binaryStream() {
        return false;
    }

    @Override
    public Object fromBinary(byte[] buffer, int offset, int length) {
        throw new UnsupportedOperationException("text alone");
    }

    @Override
    public Object fromText(byte[] buffer, int offset, int length) {
        return reading.apply(new String(buffer, offset, length, StandardCharsets.UTF_8));
    }

    @Override
    public @Nullable Object keyValue(@Nullable Object value) {
        return value;
    }

    @Override
    public @Nullable Object absent() {
        return null;
    }

    @Override
    public Object unavailable() {
        return "unavailable";
    }
}
