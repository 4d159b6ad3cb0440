package io.millrace.sink;

import io.millrace.sink.destination.Batch;
import io.millrace.sink.destination.Destination;
import io.millrace.sink.destination.Generations;
import io.millrace.sink.destination.SourceColumn;
import io.millrace.sink.destination.TableId;
import io.millrace.sink.destination.TableShape;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.connect.errors.ConnectException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Whole copies on the way: opens the places where they are gathered, and has them replace their tables. */
final class Overwrite {
    private static final Logger LOG = LoggerFactory.getLogger(Overwrite.class);

    private final Generations generations;
    private final SinkSettings settings;

    /** Columns, by generation, that the place for its rows is known to have. */
    private final Map<Generations.Generation, Set<String>> open = new HashMap<>();

    Overwrite(Destination destination, SinkSettings settings) {
        this.settings = settings;
        generations = destination
                .generations()
                .orElseThrow(() -> new ConnectException("insert.mode=overwrite is not offered for this target"));
    }

    /** Whether the rows are wanted; then there is a place for them. */
    boolean prepare(Generations.Generation generation, Batch batch) {
        List<SourceColumn> columns =
                batch.columns().stream().map(Batch.Column::source).toList();
        Set<String> known = open.computeIfAbsent(generation, each -> new HashSet<>());
        List<String> names = columns.stream()
                .map(column -> column.name() + (column.nullable() ? "" : "!"))
                .toList();
        if (known.containsAll(names)) {
            return true;
        }
        TableShape wanted =
                new TableShape(generation.target(), columns, batch.key(), batch.bookkeeping(), batch.indexes());
        boolean live = generations.open(generation, wanted, settings.evolution(), settings.create());
        if (live) {
            known.addAll(names);
        } else {
            open.remove(generation);
        }
        return live;
    }

    /** A place may be gone: look again. */
    void forget() {
        open.clear();
    }

    /** Whether there is more to do, also if nothing more comes. */
    boolean finish(List<Flush.Told> manifests) {
        manifests.forEach(told -> generations.tell(told.generation(), told.manifest()));
        Generations.Replaced replaced = generations.replace();
        for (TableId table : replaced.tables()) {
            LOG.info("Table {} was replaced by a new copy", table);
            open.keySet().removeIf(generation -> generation.target().equals(table));
        }
        return replaced.unfinished();
    }
}
