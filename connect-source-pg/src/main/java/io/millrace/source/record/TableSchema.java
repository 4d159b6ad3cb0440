package io.millrace.source.record;

import io.debezium.data.Envelope;
import io.debezium.schema.SchemaFactory;
import io.millrace.source.catalog.TableId;
import io.millrace.source.codec.ColumnCodec;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.jspecify.annotations.Nullable;

/**
 * The Connect schemas of one version of a table, and the way from a {@link Tuple} to a row. Built once a relation; the
 * schema instances are shared by all its records. Immutable.
 */
public final class TableSchema {
    private final TableId table;
    private final String topic;
    private final Schema row;
    private final @Nullable Schema key;
    private final EnvelopeWriter envelope;
    private final @Nullable Column[] columns;
    private final Field[] keyFields;
    private final Column[] keyColumns;

    /**
     * A column of the tuple.
     *
     * @param codec null for a column that is read but left out of the records
     */
    public record Input(String name, @Nullable ColumnCodec codec) {}

    /** What a tuple's column becomes, and what stands for it where an old row version leaves it out. */
    record Column(Field field, ColumnCodec codec, @Nullable Object absent) {}

    /**
     * @param inputs in the order of the tuples
     * @param keyNames in key order; empty for a table without a key
     */
    public TableSchema(
            TableId table, TopicNames topics, SourceBlock source, List<Input> inputs, List<String> keyNames) {
        this.table = table;
        this.topic = topics.data(table);
        SchemaBuilder rowBuilder = SchemaBuilder.struct().name(topic + ".Value").optional();
        for (Input input : inputs) {
            if (input.codec() != null) {
                rowBuilder.field(input.name(), input.codec().schema());
            }
        }
        this.row = rowBuilder.build();
        this.columns = new Column[inputs.size()];
        Map<String, Integer> positions = new HashMap<>();
        for (int i = 0; i < columns.length; i++) {
            Input input = inputs.get(i);
            if (input.codec() != null) {
                Field field = Objects.requireNonNull(row.field(input.name()));
                columns[i] = new Column(field, input.codec(), input.codec().absent());
                positions.put(input.name(), i);
            }
        }
        boolean keyed = !keyNames.isEmpty() && positions.keySet().containsAll(keyNames);
        this.keyColumns = keyed
                ? keyNames.stream()
                        .map(name -> Objects.requireNonNull(columns[Objects.requireNonNull(positions.get(name))]))
                        .toArray(Column[]::new)
                : new Column[0];
        this.key = keyed ? keySchema() : null;
        this.keyFields = key == null ? new Field[0] : key.fields().toArray(Field[]::new);
        this.envelope = new EnvelopeWriter(Envelope.defineSchema()
                .withName(Envelope.schemaName(topic))
                .withRecord(row)
                .withSource(source.schema())
                .withTransaction(SchemaFactory.get().transactionBlockSchema())
                .build()
                .schema());
    }

    private Schema keySchema() {
        SchemaBuilder builder = SchemaBuilder.struct().name(topic + ".Key");
        for (Column column : keyColumns) {
            builder.field(column.field().name(), column.codec().keySchema());
        }
        return builder.build();
    }

    public TableId table() {
        return table;
    }

    public String topic() {
        return topic;
    }

    public @Nullable Schema key() {
        return key;
    }

    Schema row() {
        return row;
    }

    public EnvelopeWriter envelope() {
        return envelope;
    }

    /** The key of a row; null for a table without one. */
    public @Nullable Struct keyOf(@Nullable Struct of) {
        if (key == null || of == null) {
            return null;
        }
        Struct struct = new Struct(key);
        for (int i = 0; i < keyFields.length; i++) {
            struct.put(keyFields[i], keyColumns[i].codec().keyValue(of.get(keyColumns[i].field())));
        }
        return struct;
    }

    /** Whether the values of this column of the tuple can be asked for in binary; a column left out can. */
    public boolean binary(int tuplePosition) {
        Column column = columns[tuplePosition];
        return column == null || column.codec().binary();
    }

    @Nullable
    Column column(int tuplePosition) {
        return columns[tuplePosition];
    }

    List<Column> keyColumns() {
        return List.of(keyColumns);
    }

    /** How many columns the tuples have. */
    public int width() {
        return columns.length;
    }
}
