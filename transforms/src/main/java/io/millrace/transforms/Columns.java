package io.millrace.transforms;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.jspecify.annotations.Nullable;

/** Which fields of a value, or of the rows inside an envelope, are copied. Made once per schema. */
final class Columns {
    private final Schema original;
    private final Schema schema;
    private final Set<String> dropped;
    private final Field[] from;
    private final Field[] to;
    private final @Nullable Columns[] nested;

    private Columns(
            Schema original, Schema schema, Set<String> dropped, List<Field> from, List<@Nullable Columns> nested) {
        this.original = original;
        this.schema = schema;
        this.dropped = dropped;
        this.from = from.toArray(Field[]::new);
        this.to = from.stream().map(field -> schema.field(field.name())).toArray(Field[]::new);
        this.nested = nested.toArray(Columns[]::new);
    }

    static Columns plan(Schema schema, Shape shape, Predicate<String> excluded) {
        return shape == Shape.ENVELOPE ? envelope(schema, excluded) : row(schema, excluded);
    }

    private static Columns envelope(Schema schema, Predicate<String> excluded) {
        Set<String> dropped = new LinkedHashSet<>();
        List<@Nullable Columns> nested = new ArrayList<>();
        Columns after = row(schema.field("after").schema(), excluded);
        for (Field field : schema.fields()) {
            Columns columns = Rebuild.isRow(field) ? after.orFor(field.schema(), excluded) : null;
            if (columns != null) {
                dropped.addAll(columns.dropped);
            }
            nested.add(columns);
        }
        Schema stripped = Rebuild.envelope(schema, row -> after.orFor(row, excluded).schema);
        return new Columns(schema, dropped.isEmpty() ? schema : stripped, dropped, schema.fields(), nested);
    }

    /** Before and after have equal schemas at most sources; then they stay one instance. */
    private Columns orFor(Schema row, Predicate<String> excluded) {
        return row.equals(original) ? this : row(row, excluded);
    }

    private static Columns row(Schema schema, Predicate<String> excluded) {
        Set<String> dropped = new LinkedHashSet<>();
        List<Field> kept = new ArrayList<>();
        List<@Nullable Columns> nested = new ArrayList<>();
        SchemaBuilder builder = Rebuild.struct(schema);
        for (Field field : schema.fields()) {
            if (excluded.test(field.name())) {
                dropped.add(field.name());
            } else {
                kept.add(field);
                nested.add(null);
                builder.field(field.name(), field.schema());
            }
        }
        return new Columns(schema, dropped.isEmpty() ? schema : builder.build(), dropped, kept, nested);
    }

    Schema schema() {
        return schema;
    }

    Set<String> dropped() {
        return dropped;
    }

    boolean changesNothing() {
        return dropped.isEmpty();
    }

    Struct strip(Struct value) {
        Struct copy = new Struct(schema);
        for (int i = 0; i < from.length; i++) {
            // Without default: get() would turn a NULL into the column's default.
            Object field = value.getWithoutDefault(from[i].name());
            Columns columns = nested[i];
            if (field instanceof Struct row && columns != null) {
                field = columns.strip(row);
            }
            if (field != null) {
                copy.put(to[i], field);
            }
        }
        return copy;
    }
}
