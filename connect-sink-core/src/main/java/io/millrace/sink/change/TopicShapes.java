package io.millrace.sink.change;

import io.millrace.core.Filler;
import io.millrace.sink.destination.TableId;
import io.millrace.sink.route.Router;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.DataException;
import org.jspecify.annotations.Nullable;

/** What is known of one topic: its schemas, resolved, the table it last went to, and whether it holds envelopes. */
final class TopicShapes {
    /** A topic that changes its schema for every record must not fill the heap. */
    private static final int KEPT = 64;

    private final String topic;
    private final List<Shape> known = new ArrayList<>();
    private @Nullable Shape last;
    private @Nullable TableId table;
    private Router.Source source = Router.Source.NONE;
    private boolean envelopes;
    private boolean seen;

    TopicShapes(String topic) {
        this.topic = topic;
    }

    /** A pair of schemas and what was made of it; deletes are resolved when the first one comes. */
    static final class Shape {
        private @Nullable Schema key;
        private Schema value;
        private final @Nullable EnvelopeSchema envelope;
        private final @Nullable RowSchema rows;
        private final @Nullable RowSchema keys;
        private final @Nullable Schema row;
        private final ChangeReader.Shapes shapes;
        private @Nullable RowSchema truncates;

        private Shape(@Nullable Schema key, Schema value, ChangeReader.Shapes shapes) {
            this.key = key;
            this.value = value;
            envelope = EnvelopeSchema.of(value);
            boolean message = envelope != null && envelope.after() == null && envelope.before() == null;
            row = message ? null : envelope == null ? value : envelope.rowSchema();
            rows = row == null ? null : shapes.rows(key, row);
            keys = row == null ? null : shapes.keys(key, row, rows);
            this.shapes = shapes;
        }

        @Nullable
        EnvelopeSchema envelope() {
            return envelope;
        }

        RowSchema rows() {
            return Objects.requireNonNull(rows, "a message is no row");
        }

        /**
         * What a delete brings: the key; in append mode the whole row if the event has it. Under REPLICA IDENTITY
         * DEFAULT the other columns hold NULL or, where NULL is not allowed, a {@link Filler}.
         */
        RowSchema deletes(@Nullable Struct before) {
            RowSchema keyOnly = keys();
            if (shapes.append() == null || before == null) {
                return keyOnly;
            }
            return keyOnly.key().length == 0 || saysMoreThanKey(before, keyOnly.keyNames()) ? rows() : keyOnly;
        }

        /** What a truncate brings: a row of NULLs, also in the columns of the key. */
        RowSchema truncates() {
            RowSchema whole = rows();
            if (whole.key().length == 0) {
                return whole;
            }
            RowSchema known = truncates;
            if (known == null) {
                known = shapes.withoutKey(Objects.requireNonNull(row));
                truncates = known;
            }
            return known;
        }

        private RowSchema keys() {
            return Objects.requireNonNull(keys, "a message has no key");
        }

        private static boolean saysMoreThanKey(Struct before, List<String> names) {
            for (Field field : before.schema().fields()) {
                boolean filler = Filler.is(field.schema(), before.getWithoutDefault(field.name()));
                if (!filler && !names.contains(field.name())) {
                    return true;
                }
            }
            return false;
        }
    }

    @Nullable
    Shape find(@Nullable Schema key, Schema value) {
        Shape current = last;
        if (current != null && current.value == value && current.key == key) {
            return current;
        }
        for (Shape shape : known) {
            if (shape.value == value && shape.key == key) {
                return use(shape);
            }
        }
        for (Shape shape : known) {
            if (shape.value.equals(value) && Objects.equals(shape.key, key)) {
                shape.value = value;
                shape.key = key;
                return use(shape);
            }
        }
        return null;
    }

    Shape add(@Nullable Schema key, Schema value, ChangeReader.Shapes shapes) {
        if (value.type() != Schema.Type.STRUCT) {
            throw new DataException("Topic " + topic + ": the value is no row but a single " + value.type());
        }
        Shape shape;
        try {
            shape = new Shape(key, value, shapes);
        } catch (DataException e) {
            throw new DataException("Topic " + topic + ": " + e.getMessage(), e);
        }
        if (known.size() == KEPT) {
            known.remove(0);
        }
        known.add(shape);
        envelopes |= shape.envelope != null;
        return use(shape);
    }

    boolean holdsEnvelopes() {
        return envelopes;
    }

    /** Whether a record with a value was seen. */
    boolean isKnown() {
        return known.size() > 0 || seen;
    }

    /** Takes in whether a record's value is an envelope, and nothing else. */
    void see(Schema value) {
        seen = true;
        envelopes |= EnvelopeSchema.of(value) != null;
    }

    RowSchema keyOnly(Schema key, ChangeReader.Shapes shapes) {
        Shape current = last;
        return current != null && current.keys != null && Objects.equals(current.key, key)
                ? current.keys
                : shapes.keys(key, null, null);
    }

    Router.Source lastSource() {
        return source;
    }

    TableId table(Router router, Router.Source wanted) {
        TableId current = table;
        if (current == null || !source.equals(wanted)) {
            current = router.route(topic, wanted);
            table = current;
            source = wanted;
        }
        return current;
    }

    private Shape use(Shape shape) {
        last = shape;
        return shape;
    }
}
