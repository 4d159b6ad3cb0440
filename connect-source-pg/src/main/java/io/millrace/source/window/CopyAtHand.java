package io.millrace.source.window;

import io.millrace.source.batch.GenerationOffsets;
import io.millrace.source.catalog.Sessions;
import io.millrace.source.catalog.TableId;
import io.millrace.source.record.TableSchemas;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.connect.data.Struct;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The copy of the table whose turn it is, while the stream is connected: planned beside the stream, then taken step by
 * step. Used by the stream's thread.
 */
final class CopyAtHand {
    private static final Logger LOG = LoggerFactory.getLogger(CopyAtHand.class);

    private final Sessions sessions;
    private final Nudge nudge;
    private final TableSchemas schemas;
    private final WindowSettings settings;
    private final CopyQueue queue;
    private final CopyRecords records;
    private final GenerationOffsets offsets;
    private final Transactions transactions;

    private @Nullable Future<TableReader> planning;
    private @Nullable CopyRequest request;
    private @Nullable TableReader reader;
    private @Nullable TableCopy copy;

    CopyAtHand(
            Sessions sessions,
            TableSchemas schemas,
            WindowSettings settings,
            CopyQueue queue,
            CopyRecords records,
            GenerationOffsets offsets,
            Transactions transactions) {
        this.sessions = sessions;
        this.nudge = new Nudge(sessions);
        this.schemas = schemas;
        this.settings = settings;
        this.queue = queue;
        this.records = records;
        this.offsets = offsets;
        this.transactions = transactions;
    }

    /** Lets go of what is not the queue's first request any more: what was read ahead of it may be wanted again. */
    void follow(@Nullable CopyRequest first) {
        if (request != null && !request.equals(first)) {
            drop();
        }
    }

    /**
     * Does what can be done now for the queue's first request.
     *
     * @param passed all that commits before this LSN has been emitted
     */
    TableCopy.Step step(CopyRequest first, long passed)
            throws SQLException, InterruptedException, ExecutionException, TableChangedException {
        request = first;
        TableCopy going = copy;
        if (going == null) {
            going = planned(first);
            copy = going;
        }
        TableCopy.Step step = going == null ? TableCopy.Step.GOING : going.step(passed);
        if (going != null && step == TableCopy.Step.WAITS) {
            nudge.waits();
        } else if (going != null) {
            nudge.goesOn();
        }
        // It has come further by what this step emitted.
        request = queue.first();
        return step;
    }

    private @Nullable TableCopy planned(CopyRequest first) throws InterruptedException, ExecutionException {
        Future<TableReader> future = planning;
        if (future == null) {
            planning = sessions.submit(session -> Planning.plan(session, first, schemas, settings.publication()));
            return null;
        }
        if (!future.isDone()) {
            return null;
        }
        TableReader found = future.get();
        reader = found;
        queue.begin(first);
        return copyBy(found, first);
    }

    private TableCopy copyBy(TableReader table, CopyRequest first) {
        if (first.kind() == CopyRequest.Kind.DETACHED) {
            LOG.info("Copying {} into the topic {}", table.table(), SnapshotTopic.name(table.schema(), first.id()));
            return new DetachedCopy(table, sessions, new SnapshotTopic(queue, records, offsets));
        }
        if (table.byKey()
                && first.kind() != CopyRequest.Kind.BLOCKING
                && first.kind() != CopyRequest.Kind.ADDED_WHOLE) {
            List<String> after = first.after();
            if (after != null && !table.shape().equals(first.shape())) {
                LOG.info("{} was altered since its copy began, which begins again", table.table());
                after = null;
                queue.restart();
            }
            LOG.info("Copying {} while streaming, by {}", table.table(), table.key());
            return new RangeCopy(table, sessions, transactions, settings, after, new RangeEmission(queue, records));
        }
        LOG.info("Copying {}; the stream waits meanwhile", table.table());
        return new WholeCopy(table, sessions, transactions, new WholeEmission(queue, records));
    }

    /** The stream is about to emit a row of a table; one without the copy's key has the copy planned anew. */
    void changed(int xid, TableId table, @Nullable Struct before, @Nullable Struct after) {
        TableReader of = reader;
        if (copy == null || of == null || !of.table().equals(table)) {
            return;
        }
        List<String> key = of.keyFields();
        if (lacks(before, key) || lacks(after, key)) {
            // The row is older than the key that the copy goes by.
            drop();
            return;
        }
        if (before != null) {
            copy.changed(xid, RowKey.of(before, key));
        }
        if (after != null) {
            copy.changed(xid, RowKey.of(after, key));
        }
    }

    private static boolean lacks(@Nullable Struct row, List<String> key) {
        return row != null && !key.stream().allMatch(column -> row.schema().field(column) != null);
    }

    /** The stream is about to empty a table. */
    void truncated(int xid, TableId table) {
        if (copy != null && reader != null && reader.table().equals(table)) {
            copy.changed(xid, null);
        }
    }

    /** Whether a change of the table now may outdate what is being read of it. */
    boolean reads(TableId table) {
        return copy != null && reader != null && reader.table().equals(table) && copy.reads();
    }

    /** Lets go of the copy at hand; it is planned anew. */
    void drop() {
        if (copy != null) {
            copy.close();
        }
        copy = null;
        reader = null;
        planning = null;
        request = null;
    }

    /** The connection is gone. */
    void close() {
        drop();
        sessions.close();
    }
}
