package io.millrace.sink.change;

import io.millrace.core.StructTypes;
import io.millrace.core.TableIndex;
import io.millrace.sink.destination.Batch;
import io.millrace.sink.destination.Encoding;
import io.millrace.sink.destination.SourceColumn;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.DataException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The columns of a change with their encoders, and where in the record each value is. Built once per schema and shared:
 * reading a value is one array access.
 */
public final class RowSchema {
    private static final Logger LOG = LoggerFactory.getLogger(RowSchema.class);

    private enum Origin {
        ROW,
        KEY,
        WHOLE_KEY,
        APPENDED
    }

    private record Slot(Origin origin, @Nullable Field field, boolean hasDefault, boolean placeholder) {}

    private final List<Batch.Column> columns;
    private final Slot[] slots;
    private final int[] key;
    private final List<String> keyNames;
    private final Unavailable unavailable;
    private final boolean messageKeyInside;
    private final @Nullable RowSchema whole;
    private final List<TableIndex> indexes;

    private RowSchema(Builder from) {
        slots = from.slots.toArray(Slot[]::new);
        key = from.keyIndexes();
        columns = List.copyOf(from.columns);
        keyNames = from.key;
        unavailable = from.unavailable;
        messageKeyInside = from.messageKeyInside;
        whole = from.whole;
        indexes = from.indexes;
    }

    public List<Batch.Column> columns() {
        return columns;
    }

    /** Where this is only a key: the whole row's schema as far as it is known, so that a table is not made without it. */
    public @Nullable RowSchema whole() {
        return whole;
    }

    /** The source table's indexes, as far as the schema tells them. */
    public List<TableIndex> indexes() {
        return indexes;
    }

    public int size() {
        return slots.length;
    }

    /** Indexes of the key's columns, in the key's order; the array is shared and not to be changed. */
    public int[] key() {
        return key;
    }

    public List<String> keyNames() {
        return keyNames;
    }

    /**
     * Whether every column of the message's key is part of the target's key. Only then do all changes of a target row
     * travel through one partition, in order.
     */
    public boolean messageKeyInside() {
        return messageKeyInside;
    }

    /** The value of a column, null for NULL. Columns of append mode are answered too, but for the unchanged names. */
    public @Nullable Object value(int column, Change change) {
        Slot slot = slots[column];
        return switch (slot.origin) {
            case ROW -> change.row() == null ? null : read(change.row(), slot);
            case KEY -> change.key() == null ? null : read((Struct) change.key(), slot);
            case WHOLE_KEY -> change.key();
            case APPENDED -> appended(column, change);
        };
    }

    private @Nullable Object appended(int column, Change change) {
        return switch (column - (slots.length - 4)) {
            case AppendColumns.OPERATION -> change.operation().code();
            case AppendColumns.LSN -> change.lsn();
            case AppendColumns.TIME -> change.micros();
            default -> null;
        };
    }

    /** Index of the column of append mode that lists unchanged columns, or -1. */
    public int unchangedColumn() {
        return slots.length > 0 && slots[slots.length - 1].origin == Origin.APPENDED ? slots.length - 1 : -1;
    }

    /** Whether this value says that the source did not send it. */
    public boolean isUnavailable(int column, Object value) {
        return slots[column].placeholder && unavailable.is(value);
    }

    private static @Nullable Object read(Struct struct, Slot slot) {
        Field field = slot.field;
        if (field == null) {
            throw new IllegalStateException("A column of a struct has a field");
        }
        // Struct.get(Field) replaces NULL by the column's default, which would corrupt the row.
        return slot.hasDefault ? struct.getWithoutDefault(field.name()) : struct.get(field);
    }

    /** Collects columns: first the row's, then those of the key that the row lacks, then append mode's. */
    static final class Builder {
        private final Function<SourceColumn, Encoding> encodings;
        private final Unavailable unavailable;
        private final List<Batch.Column> columns = new ArrayList<>();
        private final List<Slot> slots = new ArrayList<>();
        private final Map<String, Integer> byName = new HashMap<>();
        private List<String> key = List.of();
        private boolean messageKeyInside = true;
        private @Nullable RowSchema whole;
        private List<TableIndex> indexes = List.of();

        Builder(Function<SourceColumn, Encoding> encodings, Unavailable unavailable) {
            this.encodings = encodings;
            this.unavailable = unavailable;
        }

        Builder row(Schema row, boolean allNullable) {
            indexes = told(row);
            Map<String, String> structs = StructTypes.read(row);
            for (Field field : row.fields()) {
                SourceColumn column =
                        SourceColumn.of(field.name(), field.schema()).ofType(structs.get(field.name()));
                add(
                        allNullable ? column.asNullable() : column,
                        Origin.ROW,
                        field,
                        Unavailable.possible(field.schema()));
            }
            return this;
        }

        private static List<TableIndex> told(Schema row) {
            String text = row.parameters() == null ? null : row.parameters().get(TableIndex.PARAMETER);
            try {
                return text == null ? List.of() : TableIndex.read(text);
            } catch (IllegalArgumentException e) {
                LOG.warn("Schema {}: what it tells of indexes cannot be read, none is made", row.name(), e);
                return List.of();
            }
        }

        Builder rowFields(Schema row, List<String> names) {
            for (String name : names) {
                Field field = row.field(name);
                if (field == null) {
                    throw new DataException("The row has no field \"" + name + "\", which primary.key.fields names");
                }
                add(SourceColumn.of(name, field.schema()).asRequired(), Origin.ROW, field, false);
            }
            return this;
        }

        /** Adds the message key's fields that {@code only} names (all when empty) where the row does not have them. */
        Builder messageKey(Schema messageKey, List<String> only) {
            if (messageKey.type() != Schema.Type.STRUCT) {
                if (only.size() != 1) {
                    throw new DataException(
                            "The record's key is a single value without a name: name its column with primary.key.fields");
                }
                if (!byName.containsKey(only.get(0))) {
                    add(SourceColumn.of(only.get(0), messageKey).asRequired(), Origin.WHOLE_KEY, null, false);
                }
                return this;
            }
            for (String name : only.isEmpty() ? names(messageKey) : only) {
                Field field = messageKey.field(name);
                if (field == null) {
                    throw new DataException(
                            "The record's key has no field \"" + name + "\", which primary.key.fields names");
                }
                if (!byName.containsKey(name)) {
                    add(SourceColumn.of(name, field.schema()).asRequired(), Origin.KEY, field, false);
                }
            }
            return this;
        }

        Builder key(List<String> names, boolean holdsWholeMessageKey) {
            key = List.copyOf(names);
            messageKeyInside = holdsWholeMessageKey;
            return this;
        }

        Builder partOf(@Nullable RowSchema rows) {
            whole = rows;
            return this;
        }

        Builder appended(AppendColumns append) {
            for (SourceColumn column : append.columns()) {
                add(column, Origin.APPENDED, null, false);
            }
            return this;
        }

        RowSchema build() {
            return new RowSchema(this);
        }

        static List<String> names(Schema struct) {
            return struct.fields().stream().map(Field::name).toList();
        }

        private void add(SourceColumn column, Origin origin, @Nullable Field field, boolean placeholder) {
            if (byName.putIfAbsent(column.name(), slots.size()) != null) {
                throw new DataException("Two columns are called \"" + column.name()
                        + "\"; rename the one that the sink adds, or the source's by a transformation");
            }
            columns.add(new Batch.Column(column, encodings.apply(column)));
            boolean hasDefault = column.schema().defaultValue() != null;
            slots.add(new Slot(origin, field, hasDefault, placeholder));
        }

        private int[] keyIndexes() {
            int[] indexes = new int[key.size()];
            for (int i = 0; i < indexes.length; i++) {
                Integer index = byName.get(key.get(i));
                if (index == null) {
                    throw new DataException("The row has no column \"" + key.get(i) + "\" for its key");
                }
                indexes[i] = index;
                Batch.Column column = columns.get(index);
                columns.set(index, new Batch.Column(column.source().asRequired(), column.encoding()));
            }
            return indexes;
        }
    }
}
