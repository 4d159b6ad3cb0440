package io.millrace.sink.pg;

import io.millrace.sink.destination.SourceColumn;
import io.millrace.sink.sql.ConstantDefault;
import io.millrace.sink.value.Numbers;
import io.millrace.sink.value.SourceTime;
import java.math.BigDecimal;
import java.util.Set;
import org.apache.kafka.connect.data.Schema;
import org.jspecify.annotations.Nullable;

/** The DEFAULT clause for a column that is added to a table with rows. */
final class DefaultClause {
    /** Text that means the same to the target; other semantic types have numbers that mean something else. */
    private static final Set<String> AS_TEXT = Set.of(
            "io.debezium.data.Json",
            "io.debezium.data.Uuid",
            "io.debezium.data.Enum",
            "io.debezium.data.Xml",
            "io.debezium.time.ZonedTimestamp",
            "io.debezium.time.ZonedTime",
            "io.debezium.time.Interval");

    private static final int MAX_BITS = 1 << 20;

    private DefaultClause() {}

    /** Empty where the schema has no default that is known, or one that has no plain literal. */
    static String of(SourceColumn column, String type) {
        String text = ConstantDefault.literal(column, value -> text(column, value));
        return text == null ? "" : " DEFAULT " + Sql.text(text) + "::" + type;
    }

    private static @Nullable String text(SourceColumn column, Object value) {
        Schema schema = column.schema();
        if (value instanceof BigDecimal decimal) {
            return decimal.toPlainString();
        }
        if (schema.name() == null) {
            boolean plain = value instanceof Number || value instanceof Boolean || value instanceof String;
            return plain ? plain(column, value) : null;
        }
        if (AS_TEXT.contains(schema.name())) {
            return (String) value;
        }
        if (schema.name().equals("io.debezium.data.Bits")) {
            int width = Numbers.bitWidth(schema, column.type(), MAX_BITS);
            return width == 0 ? null : Numbers.bits(value, width);
        }
        SourceTime time = SourceTime.of(schema.name());
        return time == null ? null : text(time.kind(), time.number().applyAsLong(value));
    }

    /** A single bit comes as a truth value. */
    private static String plain(SourceColumn column, Object value) {
        boolean bit = value instanceof Boolean
                && column.type() != null
                && column.type().name().equals("BIT");
        return bit ? value.equals(true) ? "1" : "0" : String.valueOf(value);
    }

    private static @Nullable String text(SourceTime.Kind kind, long number) {
        return switch (kind) {
            case DATE -> SourceTime.dateText(number);
            case TIMESTAMP -> SourceTime.timestampText(number, false);
            case ZONED_TIMESTAMP -> SourceTime.timestampText(number, true);
            case TIME -> SourceTime.timeText(number);
            case DURATION -> null;
        };
    }
}
