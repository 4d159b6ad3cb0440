package io.millrace.transforms;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.apache.kafka.connect.connector.ConnectRecord;
import org.apache.kafka.connect.data.ConnectSchema;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.jspecify.annotations.Nullable;

/** New schemas out of old ones: all that is not meant to change stays (name, version, doc, parameters, defaults). */
final class Rebuild {
    private Rebuild() {}

    /** An empty struct schema that is otherwise like {@code schema}. A default of the whole struct is not carried over. */
    static SchemaBuilder struct(Schema schema) {
        SchemaBuilder builder = SchemaBuilder.struct();
        if (schema.name() != null) {
            builder.name(schema.name());
        }
        if (schema.version() != null) {
            builder.version(schema.version());
        }
        if (schema.doc() != null) {
            builder.doc(schema.doc());
        }
        if (schema.parameters() != null && !schema.parameters().isEmpty()) {
            builder.parameters(schema.parameters());
        }
        if (schema.isOptional()) {
            builder.optional();
        }
        return builder;
    }

    /** The envelope with another schema for its rows; before and after stay one and the same schema. */
    static Schema envelope(Schema envelope, UnaryOperator<Schema> rows) {
        SchemaBuilder builder = struct(envelope);
        for (Field field : envelope.fields()) {
            builder.field(field.name(), isRow(field) ? rows.apply(field.schema()) : field.schema());
        }
        return builder.build();
    }

    static boolean isRow(Field field) {
        return (field.name().equals("before") || field.name().equals("after"))
                && field.schema().type() == Schema.Type.STRUCT;
    }

    static Schema optional(Schema schema) {
        if (schema.isOptional()) {
            return schema;
        }
        // Not SchemaBuilder: it cannot take over the fields, key schema and value schema of any type in one go.
        boolean struct = schema.type() == Schema.Type.STRUCT;
        boolean map = schema.type() == Schema.Type.MAP;
        boolean nested = map || schema.type() == Schema.Type.ARRAY;
        List<Field> fields = struct ? schema.fields() : List.of();
        return new ConnectSchema(
                schema.type(),
                true,
                schema.defaultValue(),
                schema.name(),
                schema.version(),
                schema.doc(),
                schema.parameters(),
                fields,
                map ? schema.keySchema() : null,
                nested ? schema.valueSchema() : null);
    }

    /** The columns of the record's key in order; none when it has no key or one that is not made of columns. */
    static Set<String> keyColumns(@Nullable Schema key) {
        Set<String> names = new LinkedHashSet<>();
        if (key != null && key.type() == Schema.Type.STRUCT) {
            key.fields().forEach(field -> names.add(field.name()));
        }
        return names;
    }

    static <R extends ConnectRecord<R>> R withValue(R record, @Nullable Schema schema, Object value) {
        return record.newRecord(
                record.topic(),
                record.kafkaPartition(),
                record.keySchema(),
                record.key(),
                schema,
                value,
                record.timestamp(),
                record.headers());
    }
}
