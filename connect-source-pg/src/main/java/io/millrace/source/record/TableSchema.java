package io.millrace.source.record;

import io.debezium.data.Envelope;
import io.debezium.schema.SchemaFactory;
import io.millrace.core.StructTypes;
import io.millrace.core.TableIndex;
import io.millrace.source.catalog.TableId;
import io.millrace.source.codec.ColumnCodec;
import java.nio.charset.StandardCharsets;
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
    private final NameAdjustment names;
    private final Map<String, String> fields;
    private final Schema row;
    private final @Nullable Schema key;
    private final EnvelopeWriter envelope;
    private final @Nullable Column[] columns;
    private final Field[] keyFields;
    private final Column[] keyColumns;
    private final Column[] ownColumns;

    /**
     * A column of the tuple.
     *
     * @param type OID of the column's
     * @param codec null for a column that is read but left out of the records
     */
    public record Input(String name, int type, @Nullable ColumnCodec codec) {}

    /** What a tuple's column becomes, and what stands for it where an old row version leaves it out. */
    record Column(String name, Field field, int type, ColumnCodec codec, @Nullable Object absent) {}

    /**
     * @param inputs in the order of the tuples
     * @param keyNames of the records' key, in its order; empty for none
     * @param ownNames the columns by which the table tells its rows apart; empty when it does not
     * @param indexes to tell to sinks
     */
    public TableSchema(
            TableId table,
            TopicNames topics,
            SourceBlock source,
            List<Input> inputs,
            List<String> keyNames,
            List<String> ownNames,
            List<TableIndex> indexes) {
        this.table = table;
        this.topic = topics.data(table);
        this.names = topics.adjustment();
        this.fields = names.fieldsOf(table.toString(), carried(inputs));
        SchemaBuilder rowBuilder = SchemaBuilder.struct()
                .name(names.schemas().adjust(topic + ".Value"))
                .optional();
        for (Input input : inputs) {
            if (input.codec() != null) {
                rowBuilder.field(fieldOf(input.name()), input.codec().schema());
            }
        }
        if (!indexes.isEmpty()) {
            rowBuilder.parameter(TableIndex.PARAMETER, TableIndex.write(adjusted(indexes)));
        }
        String structs = StructTypes.write(rowBuilder.fields());
        if (structs != null) {
            rowBuilder.parameter(StructTypes.PARAMETER, structs);
        }
        this.row = rowBuilder.build();
        this.columns = new Column[inputs.size()];
        Map<String, Integer> positions = new HashMap<>();
        for (int i = 0; i < columns.length; i++) {
            Input input = inputs.get(i);
            if (input.codec() != null) {
                Field field = Objects.requireNonNull(row.field(fieldOf(input.name())));
                columns[i] = new Column(
                        input.name(),
                        field,
                        input.type(),
                        input.codec(),
                        input.codec().absent());
                positions.put(input.name(), i);
            }
        }
        this.keyColumns = columns(keyNames, positions);
        this.ownColumns = columns(ownNames, positions);
        this.key = keyColumns.length == 0 ? null : keySchema();
        this.keyFields = key == null ? new Field[0] : key.fields().toArray(Field[]::new);
        this.envelope = new EnvelopeWriter(Envelope.defineSchema()
                .withName(names.schemas().adjust(Envelope.schemaName(topic)))
                .withRecord(row)
                .withSource(source.schema())
                .withTransaction(SchemaFactory.get().transactionBlockSchema())
                .build()
                .schema());
    }

    private static List<String> carried(List<Input> inputs) {
        return inputs.stream()
                .filter(input -> input.codec() != null)
                .map(Input::name)
                .toList();
    }

    /** The name of a carried column's field, in rows and keys; that of the column unless names are adjusted. */
    public String fieldOf(String column) {
        return Objects.requireNonNull(fields.get(column), () -> column + " of " + table + " is not carried");
    }

    /** By the names of fields, which are the columns of a target. */
    private List<TableIndex> adjusted(List<TableIndex> indexes) {
        return indexes.stream()
                .map(index -> new TableIndex(
                        index.name(),
                        index.method(),
                        index.unique(),
                        index.columns().stream()
                                .map(column -> new TableIndex.Column(
                                        fields.getOrDefault(column.name(), column.name()),
                                        column.descending(),
                                        column.nullsFirst(),
                                        column.opclass()))
                                .toList(),
                        index.included().stream()
                                .map(name -> fields.getOrDefault(name, name))
                                .toList()))
                .toList();
    }

    /** None unless all are carried. */
    private Column[] columns(List<String> names, Map<String, Integer> positions) {
        return positions.keySet().containsAll(names)
                ? names.stream()
                        .map(name -> Objects.requireNonNull(columns[Objects.requireNonNull(positions.get(name))]))
                        .toArray(Column[]::new)
                : new Column[0];
    }

    private Schema keySchema() {
        SchemaBuilder builder = SchemaBuilder.struct().name(names.schemas().adjust(topic + ".Key"));
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

    /** The value in a key of a column of it, from its text. */
    Object keyValue(String name, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        ColumnCodec codec = keyColumn(name).codec();
        return Objects.requireNonNull(codec.keyValue(codec.fromText(bytes, 0, bytes.length)));
    }

    /** The field of a key that holds a column's value; null when the column is no part of it. */
    @Nullable
    Field keyField(String name) {
        for (int i = 0; i < keyFields.length; i++) {
            if (keyColumns[i].name().equals(name)) {
                return keyFields[i];
            }
        }
        return null;
    }

    /** OID of the type of a column of the key. */
    int keyType(String name) {
        return keyColumn(name).type();
    }

    private Column keyColumn(String name) {
        for (Column column : keyColumns) {
            if (column.name().equals(name)) {
                return column;
            }
        }
        throw new IllegalArgumentException(name + " is no column of the key of " + table);
    }

    /** Whether the values of this column of the tuple can be asked for in binary; a column left out can. */
    public boolean binary(int tuplePosition) {
        Column column = columns[tuplePosition];
        return column == null || column.codec().binary();
    }

    /** The first column that a stream with binary values would carry in a form that is not read; null when there is none. */
    public @Nullable String textOnlyColumn() {
        for (Column column : columns) {
            if (column != null && !column.codec().binaryStream()) {
                return column.name();
            }
        }
        return null;
    }

    @Nullable
    Column column(int tuplePosition) {
        return columns[tuplePosition];
    }

    /** The columns that tell one row of the table from all others; none where that is not known. */
    List<Column> ownColumns() {
        return List.of(ownColumns);
    }

    /** How many columns the tuples have. */
    public int width() {
        return columns.length;
    }
}
