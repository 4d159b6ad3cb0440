package io.millrace.sink.change;

import io.millrace.core.Headers;
import io.millrace.sink.destination.Encoding;
import io.millrace.sink.destination.SourceColumn;
import io.millrace.sink.destination.TableId;
import io.millrace.sink.route.Router;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.header.Header;
import org.apache.kafka.connect.sink.SinkRecord;
import org.jspecify.annotations.Nullable;

/**
 * Turns records into changes. Understands Debezium's envelope (any source's), flat rows with a key, and tombstones.
 * Schemas are resolved once and then found by identity. Not safe for several threads.
 */
public final class ChangeReader {
    private static final long MICROS = 1000L;

    private final Router router;
    private final Shapes shapes;
    private final Map<String, TopicShapes> topics = new HashMap<>();
    private String lastTopic = "";
    private @Nullable TopicShapes lastShapes;

    /**
     * @param append the columns of append mode, null in other modes
     * @param placeholder Debezium's {@code unavailable.value.placeholder}
     */
    public ChangeReader(
            Router router,
            KeyMode.Key key,
            @Nullable AppendColumns append,
            String placeholder,
            Function<SourceColumn, Encoding> encodings) {
        this.router = router;
        this.shapes = new Shapes(key, append, new Unavailable(placeholder), encodings);
    }

    /**
     * The record's change; null for a record that is none: the tombstone behind a delete event, a logical decoding
     * message.
     *
     * @throws DataException for a record that cannot be understood; the message names the topic and no value
     */
    public @Nullable Change read(SinkRecord record) {
        TopicShapes topic = topic(record.topic());
        if (record.value() == null) {
            return tombstone(record, topic);
        }
        if (!(record.value() instanceof Struct value)) {
            throw new DataException("Topic " + record.topic() + ": records come without a schema ("
                    + (record.valueSchema() == null
                            ? "none"
                            : record.valueSchema().type())
                    + "); use a converter with schemas: Avro, Protobuf, or JSON with schemas.enable=true");
        }
        TopicShapes.Shape shape = topic.find(record.keySchema(), value.schema());
        if (shape == null) {
            shape = topic.add(record.keySchema(), value.schema(), shapes);
        }
        EnvelopeSchema envelope = shape.envelope();
        if (envelope == null) {
            TableId table = topic.table(router, Router.Source.NONE);
            return new Change(
                    table, Operation.READ, shape.rows(), record.key(), value, null, time(record), skippable(record));
        }
        return envelope(record, value, topic, shape, envelope);
    }

    /**
     * Whether it is known what tombstones of the record's topic are: deletes, or what stands behind delete events. Only
     * records with a value tell.
     */
    public boolean isKnown(SinkRecord record) {
        return topic(record.topic()).isKnown();
    }

    /** Where a record goes that {@link #read} may refuse; null when that cannot be told. */
    public @Nullable TableId table(SinkRecord record) {
        try {
            EnvelopeSchema envelope = record.value() instanceof Struct value ? EnvelopeSchema.of(value.schema()) : null;
            Router.Source source = envelope != null && router.looksAtSource()
                    ? envelope.source(envelope.block((Struct) record.value()))
                    : Router.Source.NONE;
            return router.route(record.topic(), source);
        } catch (DataException e) {
            // Its name is missing: nobody but the caller, who has a bad record, can be told.
            return null;
        }
    }

    /** Takes in what a record that is not read says of its topic; nothing, if it is no row or envelope. */
    public void see(SinkRecord record) {
        if (record.value() instanceof Struct value) {
            topic(record.topic()).see(value.schema());
        }
    }

    private @Nullable Change envelope(
            SinkRecord record, Struct value, TopicShapes topic, TopicShapes.Shape shape, EnvelopeSchema envelope) {
        Operation operation = operation((String) value.get(envelope.operation()), record.topic());
        if (operation == null) {
            return null;
        }
        Struct block = envelope.block(value);
        TableId table = topic.table(router, router.looksAtSource() ? envelope.source(block) : Router.Source.NONE);
        Long lsn = envelope.lsn(block);
        long micros = envelope.micros(value, block, time(record));
        if (operation == Operation.TRUNCATE) {
            return new Change(table, operation, shape.truncates(), null, null, lsn, micros, false);
        }
        boolean delete = operation == Operation.DELETE;
        var field = delete ? envelope.before() : envelope.after();
        Struct row = field == null ? null : (Struct) value.get(field);
        if (row == null && !delete) {
            throw new DataException(
                    "Topic " + record.topic() + ": an event \"" + operation.code() + "\" comes without \"after\"");
        }
        RowSchema schema = delete ? shape.deletes(row) : shape.rows();
        return new Change(table, operation, schema, record.key(), row, lsn, micros, skippable(record));
    }

    private @Nullable Change tombstone(SinkRecord record, TopicShapes topic) {
        if (topic.holdsEnvelopes()) {
            return null;
        }
        if (record.key() == null || record.keySchema() == null) {
            throw new DataException("Topic " + record.topic() + ": a tombstone comes without a key that has a schema");
        }
        RowSchema keyOnly = topic.keyOnly(record.keySchema(), shapes);
        TableId table = topic.table(router, topic.lastSource());
        return new Change(table, Operation.DELETE, keyOnly, record.key(), null, null, time(record), false);
    }

    private TopicShapes topic(String name) {
        TopicShapes last = lastShapes;
        if (last == null || !lastTopic.equals(name)) {
            last = topics.computeIfAbsent(name, TopicShapes::new);
            lastShapes = last;
            lastTopic = name;
        }
        return last;
    }

    private static @Nullable Operation operation(@Nullable String code, String topic) {
        return switch (code == null ? "" : code) {
            case "c" -> Operation.CREATE;
            case "u" -> Operation.UPDATE;
            case "r" -> Operation.READ;
            case "d" -> Operation.DELETE;
            case "t" -> Operation.TRUNCATE;
            case "m" -> null;
            default ->
                throw new DataException("Topic " + topic + ": unknown operation \"" + code + "\" in an envelope");
        };
    }

    private static long time(SinkRecord record) {
        Long timestamp = record.timestamp();
        return timestamp == null ? System.currentTimeMillis() * MICROS : timestamp * MICROS;
    }

    private static boolean skippable(SinkRecord record) {
        return !record.headers().isEmpty() && (isSet(record, Headers.REPLAY) || isSet(record, Headers.GONE));
    }

    private static boolean isSet(SinkRecord record, String name) {
        Header header = record.headers().lastWithName(name);
        // Without its converter a header arrives as text.
        return header != null
                && header.value() != null
                && "true".equalsIgnoreCase(header.value().toString());
    }

    /** How shapes are built; the same for all topics. */
    record Shapes(
            KeyMode.Key key,
            @Nullable AppendColumns append,
            Unavailable unavailable,
            Function<SourceColumn, Encoding> encodings) {
        RowSchema.Builder builder() {
            return new RowSchema.Builder(encodings, unavailable);
        }

        /** The whole row. In append mode rows of deletes may lack any column that is not in the key. */
        RowSchema rows(@Nullable Schema messageKey, Schema row) {
            RowSchema.Builder builder = builder().row(row, append != null);
            if (messageKey != null && key.mode() == KeyMode.RECORD_KEY) {
                builder.messageKey(messageKey, key.fields());
            }
            return finish(builder, messageKey);
        }

        /** The whole row with nothing that it must have. */
        RowSchema withoutKey(Schema row) {
            return appended(builder().row(row, true));
        }

        private RowSchema appended(RowSchema.Builder builder) {
            return (append == null ? builder : builder.appended(append)).build();
        }

        /** Only the key: from the message's key, or from the row where that is asked for. */
        RowSchema keys(@Nullable Schema messageKey, @Nullable Schema row, @Nullable RowSchema whole) {
            RowSchema.Builder builder = builder().partOf(whole);
            if (key.mode() == KeyMode.RECORD_VALUE && row != null) {
                builder.rowFields(row, key.fields());
            } else if (messageKey != null && key.mode() != KeyMode.NONE) {
                builder.messageKey(messageKey, key.fields());
            }
            return finish(builder, messageKey);
        }

        private RowSchema finish(RowSchema.Builder builder, @Nullable Schema messageKey) {
            boolean named = !key.fields().isEmpty();
            java.util.List<String> messageNames = messageKey == null || messageKey.type() != Schema.Type.STRUCT
                    ? key.fields()
                    : RowSchema.Builder.names(messageKey);
            java.util.List<String> names =
                    switch (key.mode()) {
                        case NONE -> java.util.List.<String>of();
                        case RECORD_VALUE -> key.fields();
                        case RECORD_KEY ->
                            messageKey == null ? java.util.List.<String>of() : named ? key.fields() : messageNames;
                    };
            builder.key(names, messageKey != null && names.containsAll(messageNames));
            return appended(builder);
        }
    }
}
