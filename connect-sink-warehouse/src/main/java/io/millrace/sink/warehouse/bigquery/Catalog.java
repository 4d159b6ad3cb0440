package io.millrace.sink.warehouse.bigquery;

import com.google.cloud.bigquery.BigQuery;
import com.google.cloud.bigquery.BigQueryException;
import com.google.cloud.bigquery.Dataset;
import com.google.cloud.bigquery.Field;
import com.google.cloud.bigquery.Schema;
import com.google.cloud.bigquery.StandardTableDefinition;
import com.google.cloud.bigquery.Table;
import com.google.cloud.bigquery.TableId;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.connect.errors.ConnectException;
import org.jspecify.annotations.Nullable;

/** Asks BigQuery what is there; never cached. */
final class Catalog {
    private Catalog() {}

    /** Null when there is none. */
    static @Nullable Dataset findDataset(BigQuery client, String project, String dataset) throws JobException {
        try {
            return client.getDataset(com.google.cloud.bigquery.DatasetId.of(project, dataset));
        } catch (BigQueryException e) {
            throw JobException.of(e);
        }
    }

    /**
     * Empty when there is none.
     *
     * @throws ConnectException for a view or anything else that is no table of its own
     */
    static Optional<LiveTable> find(BigQuery client, TableId table) throws JobException {
        Table found;
        try {
            found = client.getTable(table);
        } catch (BigQueryException e) {
            throw JobException.of(e);
        }
        if (found == null) {
            return Optional.empty();
        }
        if (!(found.getDefinition() instanceof StandardTableDefinition definition)) {
            throw new ConnectException("Table " + table.getDataset() + "." + table.getTable() + " is a "
                    + found.getDefinition().getType() + " in BigQuery; give the table another name by table.map");
        }
        Map<String, LiveColumn> columns = new LinkedHashMap<>();
        Schema schema = definition.getSchema();
        if (schema != null) {
            for (Field field : schema.getFields()) {
                columns.put(
                        Names.folded(field.getName()),
                        new LiveColumn(field.getName(), type(field), field.getMode() == Field.Mode.REQUIRED));
            }
        }
        String description = found.getDescription();
        return Optional.of(new LiveTable(columns, description == null ? "" : description));
    }

    private static String type(Field field) {
        String type = field.getType().getStandardType().name();
        if (field.getPrecision() != null) {
            type += "(" + field.getPrecision() + ", " + (field.getScale() == null ? 0 : field.getScale()) + ")";
        } else if (field.getMaxLength() != null) {
            type += "(" + field.getMaxLength() + ")";
        }
        return field.getMode() == Field.Mode.REPEATED ? "ARRAY<" + type + ">" : type;
    }
}
