package io.millrace.source.codec;

import io.debezium.config.Configuration;
import io.debezium.connector.postgresql.PostgresConnectorConfig;
import io.debezium.connector.postgresql.PostgresType;
import io.debezium.connector.postgresql.PostgresValueConverter;
import io.debezium.connector.postgresql.TypeRegistry;
import io.debezium.connector.postgresql.connection.PostgresDefaultValueConverter;
import io.debezium.relational.Column;
import io.debezium.relational.ColumnEditor;
import io.debezium.relational.ValueConverter;
import io.debezium.relational.mapping.PropagateSourceMetadataToSchemaParameter;
import io.millrace.core.ColumnDefault;
import io.millrace.core.EnumType;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.jspecify.annotations.Nullable;

/**
 * Debezium's own classes for schemas, defaults and the long tail of conversions, set up from our options. What they make
 * is thread-safe; making it is not, and may open the session.
 */
final class DebeziumTypes {
    private static final int NUMERIC = 1700;
    private static final int UNCONSTRAINED_LENGTH = 131_089;
    private static final int DISTINCT = TypeRegistry.DOMAIN_TYPE;
    private static final PropagateSourceMetadataToSchemaParameter SOURCE_TYPES =
            new PropagateSourceMetadataToSchemaParameter();

    private final CodecOptions options;
    private final TypeRegistry registry;
    private final PostgresValueConverter known;
    private final PostgresValueConverter all;
    private final PostgresDefaultValueConverter defaults;

    DebeziumTypes(DebeziumSession session, CodecOptions options) {
        this.options = options;
        this.registry = new TypeRegistry(session);
        this.known = converter(options, false);
        this.all = converter(options, true);
        this.defaults = new PostgresDefaultValueConverter(known, session.getTimestampUtils(), registry);
    }

    private PostgresValueConverter converter(CodecOptions options, boolean unknown) {
        PostgresConnectorConfig config = new PostgresConnectorConfig(Configuration.from(options.debezium(unknown)));
        return PostgresValueConverter.of(config, StandardCharsets.UTF_8, registry);
    }

    PostgresType type(int oid) {
        return registry.get(oid);
    }

    TypeRegistry registry() {
        return registry;
    }

    /**
     * The column as Debezium's snapshot reads it from the driver's metadata. Its stream differs in one case only, a
     * numeric without precision (length 131089 and scale 0 instead of 0 and none); here both are as in the snapshot.
     */
    Column column(ColumnDescription description, boolean required) {
        PostgresType type = registry.get(description.typeOid());
        int modifier = description.typeModifier();
        ColumnEditor column = Column.editor()
                .name(description.name())
                .position(1)
                .type(typeName(type, description.defaultExpression()))
                .optional(!required)
                .nativeType(type.getRootType().getOid())
                .jdbcType(type.getRootType().getJdbcId());
        if (type.isVector()) {
            column.length(modifier > 0 ? modifier : Column.UNSET_INT_VALUE).scale(0);
        } else if (type.getJdbcId() == DISTINCT) {
            column.length(type.getDefaultLength()).scale(type.getDefaultScale());
        } else if (type.getTypeInfo() != null) {
            int length = type.getTypeInfo().getPrecision(type.getOid(), modifier);
            if (length == 0 && type.getOid() != NUMERIC) {
                length = type.getTypeInfo().getDisplaySize(type.getOid(), modifier);
            }
            column.length(length);
            if (type.getOid() != NUMERIC || modifier != TypeRegistry.NO_TYPE_MODIFIER) {
                column.scale(type.getTypeInfo().getScale(type.getOid(), modifier));
            }
        }
        String defaultExpression = description.defaultExpression();
        if (defaultExpression != null && defaults.supportConversion(type.getName())) {
            column.defaultValueExpression(defaultExpression);
        }
        return column.create();
    }

    /** The driver calls an integer that takes its default from a sequence serial. */
    private static String typeName(PostgresType type, @Nullable String defaultExpression) {
        if (defaultExpression == null || !defaultExpression.contains("nextval(")) {
            return type.getName();
        }
        return switch (type.getName()) {
            case "int2" -> "smallserial";
            case "int4" -> "serial";
            case "int8" -> "bigserial";
            default -> type.getName();
        };
    }

    /** What Debezium makes an array's element of; domains, which it does not know there, count as their base type. */
    Column element(Column array) {
        PostgresType type = registry.get(array.nativeType()).getElementType();
        PostgresType root = type.getRootType();
        boolean domain = type.getJdbcId() == DISTINCT;
        return Column.editor()
                .name(array.name() + "-element")
                .jdbcType(root.getJdbcId())
                .nativeType(root.getOid())
                .type(root.getName())
                .optional(true)
                .scale(
                        domain
                                ? Integer.valueOf(type.getDefaultScale())
                                : array.scale().orElse(null))
                .length(domain ? type.getDefaultLength() : array.length())
                .create();
    }

    boolean isArray(Column column) {
        return registry.get(column.nativeType()).isArrayType();
    }

    /** No length or that of a numeric without precision, and no scale: Debezium's test for values that keep their scale. */
    static boolean variableScale(Column column) {
        return (column.length() == 0 || column.length() == UNCONSTRAINED_LENGTH)
                && column.scale().orElse(0) == 0;
    }

    /** Whether Debezium has no conversion for the type. */
    boolean isUnknown(Column column) {
        return known.schemaBuilder(column) == null;
    }

    /** A builder for the type alone, null for a type without a conversion unless such types are included. */
    @Nullable
    SchemaBuilder builder(Column column) {
        if (isArray(column)) {
            return arrayBuilder(column);
        }
        SchemaBuilder builder = known.schemaBuilder(column);
        return builder != null || !options.includeUnknown()
                ? builder
                : options.binary().getSchema();
    }

    /**
     * Debezium's array schema, but always with an optional element: Debezium fails at a NULL in an array of enums and
     * some others. Arrays that it leaves out (of xml, money, interval, name, point, domains) or breaks (of bit) have the
     * schema of their element.
     */
    private @Nullable SchemaBuilder arrayBuilder(Column column) {
        SchemaBuilder element = builder(element(column));
        return element == null ? null : SchemaBuilder.array(element.optional().build());
    }

    /** A key's field, or null for a type that is left out. */
    @Nullable
    Schema keySchema(Column column) {
        return schema(column, null);
    }

    /** A field's schema that tells of the source's column, or null for a type that is left out. */
    @Nullable
    Schema schema(Column column, @Nullable ColumnDescription told) {
        SchemaBuilder builder = builder(column);
        if (builder == null) {
            return null;
        }
        if (told != null) {
            tell(column, told, builder);
            List<String> labels = labels(column);
            if (EnumType.isAmbiguous(labels)) {
                builder.parameter(EnumType.PARAMETER, EnumType.write(labels));
            }
        }
        if (column.isOptional()) {
            builder.optional();
        }
        Object defaultValue = column.defaultValueExpression()
                .flatMap(expression -> defaults.parseDefaultValue(column, expression))
                .orElse(null);
        if (defaultValue != null) {
            builder.defaultValue(defaultValue);
        }
        return builder.build();
    }

    private static void tell(Column column, ColumnDescription told, SchemaBuilder builder) {
        SOURCE_TYPES.alterFieldSchema(column, builder);
        ColumnDefault kind = DefaultExpression.judge(told.defaultExpression());
        if (kind != null) {
            builder.parameter(ColumnDefault.PARAMETER, kind.write());
        }
    }

    /** Of an enum or an array of one; none for other types. */
    private List<String> labels(Column column) {
        PostgresType type = registry.get(column.nativeType());
        PostgresType single = type.isArrayType() ? type.getElementType().getRootType() : type;
        return single.isEnumType() ? List.copyOf(single.getEnumValues()) : List.of();
    }

    /** The schema of an array that is carried as the string that Postgres shows. */
    Schema literal(Column column, @Nullable ColumnDescription told) {
        SchemaBuilder builder = SchemaBuilder.string();
        if (told != null) {
            tell(column, told, builder);
        }
        return (column.isOptional() ? builder.optional() : builder).build();
    }

    /** The value that Debezium's converter gives for a NULL: none, the default or the type's zero. */
    @Nullable
    Object absent(Column column, Schema schema) {
        if (column.isOptional()) {
            return null;
        }
        if (isArray(column)) {
            Object empty = schema.type() == Schema.Type.ARRAY ? List.of() : "{}";
            return schema.defaultValue() == null ? empty : schema.defaultValue();
        }
        return converter(column, schema).convert(null);
    }

    ValueConverter converter(Column column, Schema schema) {
        ValueConverter converter = all.converter(column, new Field(column.name(), 0, schema));
        if (converter == null) {
            throw new IllegalStateException("No conversion for type " + column.typeName());
        }
        return converter;
    }
}
