package io.millrace.sink;

import io.millrace.core.Manifest;
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

    /** By table the last copy that was. */
    private final Map<TableId, Generations.Generation> givenUp = new HashMap<>();

    private final Overdue overdue;

    Overwrite(Destination destination, SinkSettings settings) {
        this.settings = settings;
        generations = destination
                .generations()
                .orElseThrow(() -> new ConnectException("insert.mode=overwrite is not offered for this target"));
        overdue = new Overdue(generations::awaited, LOG::warn, () -> System.nanoTime() / 1_000_000);
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

    private void tell(Flush.Told told) {
        boolean known = generations.tell(told.generation(), told.manifest());
        if (!known && told.manifest().kind() != Manifest.Kind.ABORT) {
            LOG.warn(
                    "Copy {} of table {} is passed over: a later one is known already (this one's order is {}). If it is the newest, the clock of the source's worker goes wrong, or copies of two sources meet here",
                    told.generation().id(),
                    told.generation().target(),
                    told.manifest().order());
        }
    }

    /** Rows of these copies were passed over: none of them is to take its table's place. */
    void giveUp(Set<Generations.Generation> incomplete) {
        for (Generations.Generation generation : incomplete) {
            if (!generation.equals(givenUp.put(generation.target(), generation))) {
                LOG.warn(
                        "Copy {} of table {} is given up, since rows of it became dead letters or {} passed them over: the table stays as it is",
                        generation.id(),
                        generation.target(),
                        SinkConfig.TABLES_DROPPED);
            }
            Manifest abort = new Manifest(Manifest.Kind.ABORT, generation.id(), 0, "", "", "", Map.of());
            generations.tell(generation, abort);
        }
    }

    /** A place may be gone: look again. */
    void forget() {
        open.clear();
    }

    /** Whether a copy that is not complete is to be looked at, though nothing comes. For any thread. */
    boolean isDue() {
        return overdue.isDue();
    }

    /**
     * What has become of the copies that are complete.
     *
     * @param waiting tables that are paused or parked
     * @param kept of those, tables that stay as they are
     */
    Generations.Replaced finish(List<Flush.Told> manifests, Set<TableId> waiting, Set<TableId> kept) {
        manifests.forEach(this::tell);
        Generations.Replaced replaced = generations.replace(kept);
        for (TableId table : replaced.tables()) {
            LOG.info("Table {} was replaced by a new copy", table);
            open.keySet().removeIf(generation -> generation.target().equals(table));
        }
        overdue.look(!manifests.isEmpty(), waiting);
        return replaced;
    }
}
