package io.millrace.source.record;

import io.debezium.config.CommonConnectorConfig.FieldNameAdjustmentMode;
import io.debezium.config.CommonConnectorConfig.SchemaNameAdjustmentMode;
import io.debezium.schema.SchemaNameAdjuster;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.errors.ConnectException;

/**
 * How names of schemas and of fields are made fit for a converter that does not take all of them, as Avro's does: by
 * Debezium's own rules. Thread-safe.
 */
public record NameAdjustment(SchemaNameAdjuster schemas, SchemaNameAdjuster fields) {
    /** Names as they are. */
    public static final NameAdjustment NONE = new NameAdjustment(SchemaNameAdjuster.NO_OP, SchemaNameAdjuster.NO_OP);

    /**
     * @param schemas {@code schema.name.adjustment.mode}: none, avro, avro_unicode
     * @param fields {@code field.name.adjustment.mode}: likewise
     */
    public static NameAdjustment of(String schemas, String fields) {
        return new NameAdjustment(
                SchemaNameAdjustmentMode.parse(schemas).createAdjuster(),
                FieldNameAdjustmentMode.parse(fields).createAdjuster());
    }

    /**
     * The fields of these columns, in their order.
     *
     * @throws ConnectException when two columns would have one field
     */
    Map<String, String> fieldsOf(String table, List<String> columns) {
        Map<String, String> fields = new LinkedHashMap<>();
        Map<String, String> taken = new LinkedHashMap<>();
        for (String column : columns) {
            String field = this.fields.adjust(column);
            String other = taken.put(field, column);
            if (other != null) {
                throw new ConnectException("field.name.adjustment.mode makes one field, " + field + ", of the columns "
                        + other + " and " + column + " of " + table
                        + ": leave one out by column.exclude.list, rename one, or set avro_unicode");
            }
            fields.put(column, field);
        }
        return fields;
    }
}
