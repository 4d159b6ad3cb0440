package io.millrace.source;

import io.millrace.source.batch.RecordBatches;
import io.millrace.source.catalog.Catalog;
import io.millrace.source.catalog.CatalogTable;
import io.millrace.source.catalog.Database;
import io.millrace.source.catalog.Publication;
import io.millrace.source.catalog.TableId;
import io.millrace.source.position.StoredOffsets;
import io.millrace.source.position.StreamPosition;
import io.millrace.source.record.ControlRecords;
import io.millrace.source.window.CopyRequest;
import io.millrace.source.window.CopyState;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
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

    /** @param tables those that are captured from now on */
    record Opened(CopyState state, Set<TableId> tables) {}

    /** Before the stream goes on from a position: publishes what is new, and says what is to be copied. */
    Opened open(Preparation preparation, StreamPosition position) throws SQLException, InterruptedException {
        Map<String, String> partition = CopyState.partition(config.topicPrefix());
        CopyState was = CopyState.of(stored.offset(partition));
        if (was == null) {
            was = CopyState.capturing(published());
            if (!was.equals(CopyState.capturing(wanted()))) {
                // Once published, nothing tells a new table from one that always was: that has to be known before.
                store(partition, was);
            }
        }
        preparation.resume(position);
        Set<TableId> now = published();
        CopyState state = was.capturingNow(now, additions(was, now));
        if (!state.equals(was) || stored.offset(partition) == null) {
            out.add(control.control(partition, state.offset(), "tables", ""), 0);
            out.flush();
        }
        return new Opened(state, now);
    }

    private List<CopyRequest> additions(CopyState was, Set<TableId> now) throws SQLException {
        List<TableId> added = now.stream().filter(was.captures().negate()).toList();
        if (added.isEmpty()) {
            return List.of();
        }
        if (!config.copies()) {
            LOG.info("Captured from now on, not copied under snapshot.mode={}: {}", config.snapshotMode(), added);
            return List.of();
        }
        LOG.info("Captured from now on, and to be copied while streaming: {}", added);
        String id = "added-" + System.currentTimeMillis();
        List<CopyRequest> requests = new ArrayList<>();
        try (Connection connection = database.connect("millrace")) {
            for (TableId table : added) {
                requests.add(CopyRequest.added(connection, id, table));
            }
        }
        return requests;
    }

    private void store(Map<String, String> partition, CopyState state) throws InterruptedException {
        out.add(control.control(partition, state.offset(), "tables", ""), 0);
        out.flush();
        while (stored.offset(partition) == null) {
            Thread.sleep(LOOK_MILLIS);
        }
    }

    private Set<TableId> wanted() throws SQLException {
        try (Connection connection = database.connect("millrace")) {
            return new Catalog(connection)
                    .tables(config.filter(), config.viaRoot()).stream()
                            .map(CatalogTable::id)
                            .collect(Collectors.toCollection(LinkedHashSet::new));
        }
    }

    /** The wanted tables whose changes the stream has. */
    private Set<TableId> published() throws SQLException {
        Set<TableId> tables = wanted();
        try (Connection connection = database.connect("millrace")) {
            tables.retainAll(new Publication(connection, config.publication())
                    .published()
                    .tables());
        }
        return tables;
    }
}
