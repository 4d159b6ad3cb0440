package io.millrace.sink;

import io.millrace.sink.destination.Batch;
import io.millrace.sink.destination.Destination;
import io.millrace.sink.destination.Evolution;
import io.millrace.sink.destination.SourceColumn;
import io.millrace.sink.destination.TableId;
import io.millrace.sink.destination.TableShape;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.connect.data.Schema;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The target's tables as far as this task has prepared them: a table is looked at when a column is new, not per flush. */
final class Tables {
    private static final Logger LOG = LoggerFactory.getLogger(Tables.class);

    private final Destination destination;
    private final SinkSettings settings;
    private final Map<TableId, Set<Known>> prepared = new HashMap<>();

    /** A column as it was prepared. */
    private record Known(String name, String form, boolean nullable, Map<String, String> parameters) {
        static Known of(Batch.Column column) {
            return new Known(
                    column.name(),
                    column.encoding().form(),
                    column.source().nullable(),
                    parameters(column.source().schema()));
        }

        /** Lengths, scales and labels are among them. */
        private static Map<String, String> parameters(Schema schema) {
            Schema element = schema.type() == Schema.Type.ARRAY ? schema.valueSchema() : schema;
            return element.parameters() == null ? Map.of() : element.parameters();
        }
    }

    Tables(Destination destination, SinkSettings settings) {
        this.destination = destination;
        this.settings = settings;
    }

    /** Makes the table fit the batch, if it was not yet. */
    void prepare(Batch batch) {
        Set<Known> known = prepared.computeIfAbsent(batch.table(), table -> new HashSet<>());
        boolean fits = true;
        for (Batch.Column column : batch.columns()) {
            fits &= known.contains(Known.of(column));
        }
        if (fits) {
            return;
        }
        List<SourceColumn> columns =
                batch.columns().stream().map(Batch.Column::source).toList();
        Evolution evolution = destination.evolve(
                new TableShape(batch.table(), columns, batch.key(), batch.bookkeeping(), batch.indexes()),
                settings.evolution(),
                settings.create());
        for (String statement : evolution.ddl()) {
            LOG.info("Table {}: {}", batch.table(), statement);
        }
        for (String column : evolution.ignored()) {
            LOG.warn(
                    "Table {} has no column \"{}\": its values are ignored (schema.evolution=none)",
                    batch.table(),
                    column);
        }
        evolution
                .doubts()
                .forEach((column, doubt) -> LOG.warn(
                        "Table {}: the column \"{}\" was added, and {}. Where that matters, have the source copy the table again",
                        batch.table(),
                        column,
                        doubt));
        batch.columns().forEach(column -> known.add(Known.of(column)));
    }

    /** The tables may have been altered: look at each again before its next use. */
    void forgetAll() {
        prepared.clear();
    }
}
