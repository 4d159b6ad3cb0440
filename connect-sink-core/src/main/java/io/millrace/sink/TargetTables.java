package io.millrace.sink;

import io.millrace.core.Manifest;
import io.millrace.sink.destination.TableId;
import io.millrace.sink.route.Router;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.apache.kafka.connect.errors.DataException;

/** The tables that a configuration names, as far as can be told without a record. */
public final class TargetTables {
    private static final String LOG_ENDING = "_log";

    private TargetTables() {}

    /** Those of these topics and of {@code table.map}, without dropped ones. */
    public static Set<TableId> of(SinkSettings settings, Collection<String> topics) {
        Set<TableId> tables = fed(settings, topics);
        tables.removeAll(settings.operators().dropped());
        return tables;
    }

    /** The same with dropped ones. */
    static Set<TableId> fed(SinkSettings settings, Collection<String> topics) {
        Router router = new Router(settings.template(), settings.tables());
        Set<TableId> tables = new LinkedHashSet<>(settings.tables().values());
        for (String topic : topics) {
            if (Manifest.isTopic(topic)) {
                continue;
            }
            try {
                tables.add(router.route(topic, Router.Source.NONE));
            } catch (DataException e) {
                // Only the records tell.
                continue;
            }
        }
        return tables;
    }

    /** The table that the changes of a table are written to: itself, or its log. */
    public static TableId written(SinkSettings settings, TableId table) {
        return settings.logAndView() ? log(table) : table;
    }

    /** The log of a view. */
    public static TableId log(TableId table) {
        List<String> parts = new ArrayList<>(table.parts());
        parts.set(parts.size() - 1, table.name() + LOG_ENDING);
        return new TableId(parts);
    }
}
