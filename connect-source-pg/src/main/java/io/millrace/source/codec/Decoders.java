package io.millrace.source.codec;

import io.debezium.connector.postgresql.PostgresConnectorConfig.IntervalHandlingMode;
import io.debezium.connector.postgresql.PostgresType;
import io.debezium.data.VariableScaleDecimal;
import io.debezium.jdbc.TemporalPrecisionMode;
import io.debezium.relational.Column;
import io.debezium.relational.ValueConverter;
import io.debezium.time.Date;
import io.debezium.time.MicroTime;
import io.debezium.time.MicroTimestamp;
import io.debezium.time.Time;
import io.debezium.time.Timestamp;
import org.apache.kafka.connect.data.Schema;

/** Chooses the decoder of a column by its type's OID, or by name for types of extensions, and by its schema. */
final class Decoders {
    private final CodecOptions options;
    private final DebeziumTypes types;
    private final TypeCatalog catalog;

    Decoders(CodecOptions options, DebeziumTypes types, TypeCatalog catalog) {
        this.options = options;
        this.types = types;
        this.catalog = catalog;
    }

    ValueDecoder decoder(Column column, Schema schema) {
        if (types.isArray(column)) {
            return array(column, schema);
        }
        return switch (column.nativeType()) {
            case Oids.BOOL -> Scalars.BOOL;
            case Oids.INT2 -> Scalars.INT2;
            case Oids.INT4 -> Scalars.INT4;
            case Oids.INT8 -> Scalars.INT8;
            case Oids.OID -> Scalars.OID;
            case Oids.FLOAT4 -> Scalars.FLOAT4;
            case Oids.FLOAT8 -> Scalars.FLOAT8;
            case Oids.NUMERIC -> numeric(column, schema);
            case Oids.TEXT, Oids.VARCHAR, Oids.BPCHAR, Oids.NAME, Oids.JSON, Oids.XML -> TextDecoder.PLAIN;
            case Oids.JSONB -> TextDecoder.VERSIONED;
            case Oids.CHAR -> TextDecoder.CHAR;
            case Oids.UUID -> UuidDecoder.INSTANCE;
            case Oids.BYTEA -> new BytesDecoder(options.binary(), true);
            case Oids.DATE, Oids.TIME, Oids.TIMETZ, Oids.TIMESTAMP, Oids.TIMESTAMPTZ, Oids.INTERVAL ->
                temporal(column, schema);
            case Oids.BIT, Oids.VARBIT -> BitsDecoder.of(schema);
            case Oids.INET, Oids.CIDR -> NetworkDecoder.ADDRESS;
            case Oids.MACADDR, Oids.MACADDR8 -> NetworkDecoder.HARDWARE;
            case Oids.POINT -> new PointDecoder(schema);
            case Oids.LSEG, Oids.BOX, Oids.PATH, Oids.POLYGON, Oids.CIRCLE, Oids.LINE ->
                GeometricDecoder.of(column.nativeType(), converted(column, schema));
            case Oids.MONEY -> new MoneyDecoder(options.decimal(), catalog.moneyScale(), options.moneyFractionDigits());
            case Oids.INT4RANGE, Oids.INT8RANGE, Oids.NUMRANGE, Oids.TSRANGE, Oids.TSTZRANGE, Oids.DATERANGE ->
                rendered(column, TextDecoder.PLAIN);
            default -> named(column, schema);
        };
    }

    /** An array as the string that Postgres shows: whatever its dimensions. */
    ValueDecoder literal(Column column) {
        return rendered(column, TextDecoder.PLAIN);
    }

    private ValueDecoder array(Column column, Schema schema) {
        Column element = types.element(column);
        TypeDescription type = catalog.find(element.nativeType());
        ArrayDecoder array =
                new ArrayDecoder(decoder(element, schema.valueSchema()), type == null ? ',' : type.delimiter());
        TypeDescription own = catalog.find(column.nativeType());
        return own == null || own.array() ? array : new VectorDecoder(array);
    }

    private NumericDecoder numeric(Column column, Schema schema) {
        boolean variable =
                VariableScaleDecimal.LOGICAL_NAME.equals(schema.name()) || DebeziumTypes.variableScale(column);
        return new NumericDecoder(
                schema, options.decimal(), variable ? null : column.scale().orElse(0));
    }

    private ValueDecoder temporal(Column column, Schema schema) {
        boolean structured = options.time() == TemporalPrecisionMode.STRUCTURED;
        String name = schema.name();
        return switch (column.nativeType()) {
            case Oids.DATE -> new Dates(Date.SCHEMA_NAME.equals(name) ? null : converter(column, schema));
            case Oids.TIME -> {
                boolean millis = Time.SCHEMA_NAME.equals(name);
                boolean ours = millis || MicroTime.SCHEMA_NAME.equals(name);
                yield new Times(millis, ours ? null : converter(column, schema));
            }
            case Oids.TIMESTAMP -> {
                boolean millis = Timestamp.SCHEMA_NAME.equals(name);
                boolean ours = millis || MicroTimestamp.SCHEMA_NAME.equals(name);
                yield new Timestamps(millis, ours ? null : converter(column, schema));
            }
            case Oids.TIMESTAMPTZ -> {
                int fraction = column.scale().orElse(column.length());
                yield new ZonedTimestamps(fraction, structured ? converter(column, schema) : null);
            }
            case Oids.INTERVAL ->
                new Intervals(
                        options.interval() == IntervalHandlingMode.STRING,
                        structured ? converter(column, schema) : null);
            default -> structured ? converted(column, schema) : ZonedTimes.INSTANCE;
        };
    }

    private ValueDecoder named(Column column, Schema schema) {
        PostgresType type = types.type(column.nativeType());
        if (type.isEnumType()) {
            return TextDecoder.PLAIN;
        }
        if (type.getOid() == types.registry().citextOid()) {
            return TextDecoder.PLAIN;
        }
        if (type.getOid() == types.registry().ltreeOid()) {
            return TextDecoder.VERSIONED;
        }
        if (type.getOid() == types.registry().hstoreOid()) {
            return new HstoreDecoder(converter(column, schema));
        }
        return rendered(
                column,
                types.isUnknown(column) ? new BytesDecoder(options.binary(), false) : converted(column, schema));
    }

    /** A decoder of text, with the binary form as well where the text can be told from it. */
    private ValueDecoder rendered(Column column, ValueDecoder text) {
        return catalog.form(column.nativeType())
                .<ValueDecoder>map(form -> new Rendered(form, text))
                .orElseGet(() -> new TextOnly(text));
    }

    private ValueConverter converter(Column column, Schema schema) {
        return types.converter(column, schema);
    }

    private Converted converted(Column column, Schema schema) {
        return new Converted(types.type(column.nativeType()), types.registry(), converter(column, schema));
    }
}
