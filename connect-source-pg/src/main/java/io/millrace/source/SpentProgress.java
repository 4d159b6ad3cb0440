package io.millrace.source;

import io.millrace.source.batch.RecordBatches;
import io.millrace.source.catalog.Catalog;
import io.millrace.source.catalog.CatalogTable;
import io.millrace.source.position.KeptRanges;
import io.millrace.source.position.Phase;
import io.millrace.source.position.SettledLane;
import io.millrace.source.position.StoredOffsets;
import io.millrace.source.position.TableProgress;
import io.millrace.source.record.ControlRecords;
import io.millrace.source.stream.Watch;
import io.millrace.source.window.CopyState;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes from Connect's offsets what the initial copy has stored of each table and task, once nothing can ask for it any
 * more: it is stored that the stream has begun, that it is past every snapshot that was copied from, and which tables are
 * captured. Whatever is left after a crash is deleted by the next run. Used by one thread at a time.
 */
final class SpentProgress {
    private static final Logger LOG = LoggerFactory.getLogger(SpentProgress.class);

    /** More tasks than any copy has had. */
    private static final int MOST_LANES = 256;

    private static final int AT_ONCE = 500;

    private final CdcConfig config;
    private final StoredOffsets stored;
    private final ControlRecords control;
    private final RecordBatches out;
    private volatile boolean done;

    SpentProgress(CdcConfig config, StoredOffsets stored, ControlRecords control, RecordBatches out) {
        this.config = config;
        this.stored = stored;
        this.control = control;
        this.out = out;
    }

    /** Looks whether it is time, and deletes; true when it is done. */
    boolean look(Connection session) throws SQLException, InterruptedException {
        List<Map<String, String>> partitions = found(session);
        if (partitions != null) {
            delete(partitions);
        }
        return done;
    }

    /** The same beside the stream, which only deletes. */
    Watch.@Nullable Finding watch(Connection session) throws SQLException {
        List<Map<String, String>> partitions = found(session);
        return partitions == null ? null : emitted -> delete(partitions);
    }

    /** Null when it is not time, or done. */
    private @Nullable List<Map<String, String>> found(Connection session) throws SQLException {
        return done || !isSpent() ? null : left(session);
    }

    private void delete(List<Map<String, String>> partitions) throws InterruptedException {
        done = true;
        for (int i = 0; i < partitions.size(); i++) {
            out.add(control.control(partitions.get(i), null, "spent", ""), 0);
            if (i % AT_ONCE == AT_ONCE - 1) {
                out.flush();
            }
        }
        out.flush();
        if (!partitions.isEmpty()) {
            LOG.info(
                    "The initial copy is behind the stream: deleted {} offsets that only it needed", partitions.size());
        }
    }

    private boolean isSpent() {
        boolean tables =
                !config.streams() || CopyState.of(stored.offset(CopyState.partition(config.topicPrefix()))) != null;
        return tables
                && stored.phase() instanceof Phase.Streaming streaming
                && (!config.streams() || streaming.position().lanes() == 0);
    }

    /** The partitions that have an offset, those of the lanes last: by them the others are found. */
    private List<Map<String, String>> left(Connection session) throws SQLException {
        String server = config.topicPrefix();
        List<Map<String, String>> lanes = new ArrayList<>();
        for (int lane = 0; lane < MOST_LANES; lane++) {
            lanes.add(SettledLane.partition(server, lane));
        }
        List<Map<String, String>> settled = stored.present(lanes);
        int most = config.tasks();
        for (Map<String, String> lane : settled) {
            most = Math.max(most, lanes.indexOf(lane) + 1);
        }
        List<Map<String, String>> of = new ArrayList<>();
        for (String table : names(session)) {
            for (int lane = 0; lane < most; lane++) {
                of.add(TableProgress.partition(server, table, lane));
            }
            of.add(KeptRanges.partition(server, table));
        }
        List<Map<String, String>> left = new ArrayList<>(stored.present(of));
        left.addAll(settled);
        return left;
    }

    /** Whatever may have been copied; that of tables which are gone by now stays. */
    private Set<String> names(Connection session) throws SQLException {
        Catalog catalog = new Catalog(session);
        Set<String> names = new LinkedHashSet<>();
        for (CatalogTable table : catalog.tables(config.filter(), config.viaRoot())) {
            names.add(table.id().toString());
            if (table.partitioned()) {
                catalog.leaves(table).forEach(leaf -> names.add(leaf.toString()));
            }
        }
        catalog.views(config.filter()).forEach(view -> names.add(view.id().toString()));
        return names;
    }
}
