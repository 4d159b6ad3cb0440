package io.millrace.source;

import io.millrace.source.batch.RecordBatches;
import io.millrace.source.catalog.Catalog;
import io.millrace.source.catalog.CatalogTable;
import io.millrace.source.catalog.Database;
import io.millrace.source.catalog.Publication;
import io.millrace.source.catalog.TableId;
import io.millrace.source.position.StoredOffsets;
import io.millrace.source.position.StreamPosition;
import io.millrace.source.position.TableProgress;
import io.millrace.source.record.ControlRecords;
import io.millrace.source.window.CopyState;
import io.millrace.source.window.TableWatch;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares the tables that the configuration captures with those that the mirror has captured so far: what is new has
 * rows that the stream will never bring, and is to be copied beside it.
 */
final class CapturedTables {
    private static final Logger LOG = LoggerFactory.getLogger(CapturedTables.class);
    private static final long LOOK_MILLIS = 200;

    private final CdcConfig config;
    private final Database database;
    private final StoredOffsets stored;
    private final ControlRecords control;
    private final RecordBatches out;

    CapturedTables(
            CdcConfig config, Database database, StoredOffsets stored, ControlRecords control, RecordBatches out) {
        this.config = config;
        this.database = database;
        this.stored = stored;
        this.control = control;
        this.out = out;
    }

    /**
     * @param found those that are captured from now on
     * @param watch finds what is captured later
     */
    record Opened(TableWatch.Found found, TableWatch watch) {}

    /** Before the stream goes on from a position: publishes what is new, and says what is to be copied. */
    Opened open(Preparation preparation, StreamPosition position) throws SQLException, InterruptedException {
        Map<String, String> partition = CopyState.partition(config.topicPrefix());
        CopyState before = CopyState.of(stored.offset(partition));
        Predicate<TableId> copied = copied(position.lanes());
        Set<TableId> known = published();
        known.removeIf(before == null ? copied.negate() : before.captures().negate());
        // What the publication lacks by now has a gap in the stream: it is new when it is published again.
        CopyState was = before == null ? CopyState.capturing(known) : before.capturingNow(known, List.of());
        if (!was.equals(before) && !was.equals(CopyState.capturing(wanted()))) {
            // Once published, nothing tells a new table from one that always was: that has to be known before.
            store(partition, was);
        }
        preparation.resume(position);
        NewTables watch = new NewTables(config, preparation::captured, control::micros);
        try (Connection connection = database.yielding("millrace")) {
            for (CatalogTable view : new Catalog(connection).views(config.filter())) {
                LOG.warn(
                        "{} is a {}, which only the initial copy takes: none of its changes is streamed",
                        view.id(),
                        view.sort());
            }
            TableWatch.Found found = watch.look(connection, was, published(), copied);
            if (!found.state().equals(before)) {
                out.add(control.control(partition, found.state().offset(), "tables", ""), 0);
                out.flush();
            }
            return new Opened(found, watch);
        }
    }

    /**
     * Whether a relation was copied before the stream began.
     *
     * @param lanes how many lanes of the copy have stored what they copied; 0 where there was none, so that all that was
     *     there counts
     */
    private Predicate<TableId> copied(int lanes) throws SQLException {
        if (lanes == 0 || !config.copies()) {
            return table -> true;
        }
        Set<String> names = new HashSet<>();
        Set<TableId> roots = new HashSet<>();
        try (Connection connection = database.yielding("millrace")) {
            Catalog catalog = new Catalog(connection);
            for (CatalogTable table : catalog.tables(config.filter(), config.viaRoot())) {
                if (table.partitioned()) {
                    roots.add(table.id());
                    catalog.leaves(table).forEach(leaf -> names.add(leaf.toString()));
                } else {
                    names.add(table.id().toString());
                }
            }
        }
        Map<String, List<TableProgress>> progress = stored.progress(names, lanes);
        return table -> roots.contains(table)
                || TableProgress.finished(progress.getOrDefault(table.toString(), List.of())) != null;
    }

    private void store(Map<String, String> partition, CopyState state) throws InterruptedException {
        out.add(control.control(partition, state.offset(), "tables", ""), 0);
        out.flush();
        while (!state.equals(CopyState.of(stored.offset(partition)))) {
            Thread.sleep(LOOK_MILLIS);
        }
    }

    private Set<TableId> wanted() throws SQLException {
        try (Connection connection = database.yielding("millrace")) {
            return new Catalog(connection)
                    .tables(config.filter(), config.viaRoot()).stream()
                            .map(CatalogTable::id)
                            .collect(Collectors.toCollection(LinkedHashSet::new));
        }
    }

    /** The wanted tables whose changes the stream has. */
    private Set<TableId> published() throws SQLException {
        Set<TableId> tables = wanted();
        try (Connection connection = database.yielding("millrace")) {
            tables.retainAll(new Publication(connection, config.publication())
                    .published()
                    .tables());
        }
        return tables;
    }
}
