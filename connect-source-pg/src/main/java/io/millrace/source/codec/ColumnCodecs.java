package io.millrace.source.codec;

import io.debezium.relational.Column;
import java.sql.SQLException;
import java.util.Optional;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.errors.RetriableException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the codecs of columns. The catalog of types is read at the start, by a few queries however many types there are,
 * and again when a type is not in it; codecs already made are not touched by that. Safe for use by several threads, one
 * at a time makes a codec.
 */
public final class ColumnCodecs {
    private static final Logger LOG = LoggerFactory.getLogger(ColumnCodecs.class);

    private final SessionSource sessions;
    private final CodecOptions options;
    private final Placeholder placeholder;
    private Types types;

    private record Types(TypeCatalog catalog, DebeziumSession session, DebeziumTypes debezium) {}

    private ColumnCodecs(SessionSource sessions, CodecOptions options, Types types) {
        this.sessions = sessions;
        this.options = options;
        this.placeholder = new Placeholder(options.unavailablePlaceholder());
        this.types = types;
    }

    /**
     * Reads the catalog by a session from {@code sessions}, which is asked again whenever types have to be looked up.
     *
     * @throws SQLException when the catalog cannot be read
     */
    public static ColumnCodecs connect(SessionSource sessions, CodecOptions options) throws SQLException {
        return new ColumnCodecs(sessions, options, load(sessions, options));
    }

    private static Types load(SessionSource sessions, CodecOptions options) throws SQLException {
        DebeziumSession session = new DebeziumSession(sessions);
        try {
            TypeCatalog catalog = TypeCatalog.load(session.connection());
            return new Types(catalog, session, new DebeziumTypes(session, options));
        } finally {
            session.release();
        }
    }

    /** Reads the catalog again: to be called when the server announces that a type was altered (pgoutput's Type message). */
    public synchronized void refresh() {
        try {
            types = load(sessions, options);
        } catch (SQLException e) {
            throw new RetriableException("Cannot read the catalog of types", e);
        }
    }

    /**
     * The codec of a column. Empty only for a type that Debezium has no conversion for, when
     * {@link CodecOptions#includeUnknown} is off: such a column is left out of records, which is logged.
     */
    public synchronized Optional<ColumnCodec> codec(ColumnDescription description) {
        if (types.catalog().find(description.typeOid()) == null) {
            refresh();
        }
        try {
            return make(description);
        } finally {
            types.session().release();
        }
    }

    private Optional<ColumnCodec> make(ColumnDescription description) {
        TypeDescription type = types.catalog().find(description.typeOid());
        DebeziumTypes debezium = types.debezium();
        Column column = debezium.column(description, description.required() || (type != null && type.notNull()));
        Decoders decoders = new Decoders(options, debezium, types.catalog());
        int dimensions = type == null ? 0 : Math.max(type.dimensions(), description.dimensions());
        if (dimensions > 1 && debezium.isArray(column)) {
            Schema schema = debezium.literal(column, options.propagateSourceTypes() ? description : null);
            return Optional.of(codec(column, type, decoders.literal(column), schema, debezium.literal(column, null)));
        }
        Schema keySchema = debezium.keySchema(column);
        if (keySchema == null) {
            LOG.warn(
                    "Column {} is left out: type {} has no conversion. Set {}=true to have it as text in bytes",
                    description.name(),
                    column.typeName(),
                    CodecOptions.INCLUDE_UNKNOWN_DATATYPES);
            return Optional.empty();
        }
        Schema schema = options.propagateSourceTypes() ? sourced(debezium, column, description) : keySchema;
        return Optional.of(codec(column, type, decoders.decoder(column, schema), schema, keySchema));
    }

    private ColumnCodec codec(
            Column column, @Nullable TypeDescription type, ValueDecoder decoder, Schema schema, Schema keySchema) {
        boolean binary =
                decoder.readsBinary() && type != null && types.catalog().sendable(type.oid());
        return new DecodingCodec(
                column.name(),
                column.typeName(),
                decoder,
                binary,
                // How the server sends a type that is gone by now only the server knows.
                binary || (type != null && !type.sendable()),
                schema,
                keySchema,
                types.debezium().absent(column, schema),
                unavailable(decoder, schema));
    }

    private Object unavailable(ValueDecoder decoder, Schema schema) {
        return decoder instanceof HstoreDecoder hstore
                ? hstore.unavailable(options.unavailablePlaceholder())
                : placeholder.in(schema);
    }

    private static Schema sourced(DebeziumTypes debezium, Column column, ColumnDescription description) {
        @Nullable Schema schema = debezium.schema(column, description);
        if (schema == null) {
            throw new IllegalStateException("No schema for type " + column.typeName());
        }
        return schema;
    }

    /** Whether the server can send the type in binary: it and all types inside it have an output function for that. */
    public synchronized boolean binarySafe(int typeOid) {
        return types.catalog().sendable(typeOid);
    }
}
