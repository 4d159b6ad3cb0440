package io.millrace.source.window;

import io.millrace.source.batch.GenerationOffsets;
import io.millrace.source.catalog.Database;
import io.millrace.source.catalog.Sessions;
import io.millrace.source.catalog.TableId;
import io.millrace.source.notice.NoticeChannels;
import io.millrace.source.record.TableSchema;
import io.millrace.source.record.TableSchemas;
import io.millrace.source.stream.Companion;
import io.millrace.source.stream.Watch;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.connect.data.Struct;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Copies tables, one after the other, beside the stream that it goes along with. What fails concerns the table's copy
 * alone: it is tried again where that may help, and else given up with an error in the log; the stream goes on.
 */
public final class Copies implements Companion {
    private static final Logger LOG = LoggerFactory.getLogger(Copies.class);
    private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final Set<String> PASSING = Set.of("57P01", "57P02", "57P03", "53300", "55P03", "40001", "40P01");

    private final Database database;
    private final TableSchemas schemas;
    private final WindowSettings settings;
    private final CopyRecords records;
    private final CopyQueue queue;
    private final Signals signals;
    private final GenerationOffsets offsets;
    private final TableWatch watch;
    private final Transactions transactions = new Transactions();
    private @Nullable CopyAtHand atHand;
    private int xid;
    private long notBeforeNanos = System.nanoTime();

    /**
     * @param schemas used by nobody else
     * @param captured the state to go on from, and the tables that signals may name
     * @param watch looks for more
     * @param offsets learns from Connect where rows have come to lie
     */
    public Copies(
            Database database,
            TableSchemas schemas,
            WindowSettings settings,
            TableWatch.Found captured,
            TableWatch watch,
            GenerationOffsets offsets,
            CopyRecords records,
            NoticeChannels notices) {
        this.watch = watch;
        this.offsets = offsets;
        this.database = database;
        this.schemas = schemas;
        this.settings = settings;
        this.records = records;
        this.queue =
                new CopyQueue(captured.state(), captured.tables(), records, new Notices(settings.server(), notices));
        this.signals = new Signals(settings, queue);
    }

    @Override
    public void connected() {
        String name = "millrace-" + settings.server() + "-window";
        // One more than windows: planning and messages do not wait for them.
        Sessions sessions = new Sessions(database, "millrace window", settings.windows() + 1, name);
        atHand = new CopyAtHand(sessions, schemas, settings, queue, records, offsets, transactions);
        signals.open();
    }

    @Override
    public void disconnected() {
        CopyAtHand old = atHand;
        atHand = null;
        if (old != null) {
            old.close();
        }
        signals.close();
    }

    @Override
    public void begun(int transaction) {
        xid = transaction;
        transactions.shown(transaction);
    }

    @Override
    public boolean watches() {
        return !queue.isEmpty() || signals.areRows();
    }

    @Override
    public boolean changed(String operation, TableSchema schema, @Nullable Struct before, @Nullable Struct after)
            throws InterruptedException {
        signals.row(operation, schema, after, xid);
        if (atHand != null) {
            atHand.changed(xid, schema.table(), before, after);
        }
        return queue.isHeldBack(schema.table());
    }

    @Override
    public boolean truncated(TableId table) {
        if (atHand != null) {
            atHand.truncated(xid, table);
        }
        return queue.isHeldBack(table);
    }

    @Override
    public Copying copying(TableId table) {
        if (atHand != null && atHand.reads(table)) {
            return Copying.READING;
        }
        return queue.isAdded(table) ? Copying.WAITING : Copying.NOT;
    }

    @Override
    public void lost(Set<TableId> tables) throws InterruptedException {
        queue.lost(tables);
    }

    @Override
    public boolean between(long passed) throws SQLException, InterruptedException {
        CopyAtHand now = atHand;
        if (now == null) {
            return false;
        }
        signals.records();
        CopyRequest first = queue.first();
        now.follow(first);
        if (first == null || notBeforeNanos - System.nanoTime() > 0) {
            return false;
        }
        try {
            TableCopy.Step step = now.step(first, passed);
            if (step == TableCopy.Step.DONE) {
                finish(now, "Copied {} while streaming: {} rows", "");
            }
            return step == TableCopy.Step.WAITS;
        } catch (TableChangedException e) {
            again(now, String.valueOf(e.getMessage()));
        } catch (ExecutionException e) {
            failed(now, e.getCause());
        } catch (SQLException e) {
            failed(now, e);
        }
        return false;
    }

    @Override
    public Watch.@Nullable Finding look(Connection session) throws SQLException {
        CopyState before = queue.state();
        TableWatch.Found found = watch.look(session, before);
        return found.state() == before ? null : emitted -> queue.found(before, found);
    }

    /** @param failure the status to tell; empty when all went well */
    private void finish(CopyAtHand now, String message, String failure) throws InterruptedException {
        CopyRequest request = queue.state().requests().get(0);
        LOG.info(message, request.name(), request.rows());
        now.drop();
        String status = request.rows() == 0 ? CopyQueue.EMPTY : CopyQueue.SUCCEEDED;
        queue.finish(failure.isEmpty() ? status : failure);
    }

    private void failed(CopyAtHand now, @Nullable Throwable cause) throws InterruptedException {
        if (cause instanceof TableChangedException) {
            again(now, String.valueOf(cause.getMessage()));
            return;
        }
        if (cause instanceof Error e) {
            throw e;
        }
        String what = cause == null ? "?" : String.valueOf(cause.getMessage());
        if (cause instanceof SQLException e
                && e.getSQLState() != null
                && (e.getSQLState().startsWith("08") || PASSING.contains(e.getSQLState()))) {
            again(now, what);
            return;
        }
        CopyRequest request = queue.state().requests().get(0);
        LOG.error(
                "The copy of {} is given up: {}. What it had emitted stays; send an execute-snapshot signal to copy the"
                        + " table again",
                request.name(),
                what,
                cause);
        finish(now, "Gave up the copy of {} after {} rows", CopyQueue.FAILED);
    }

    private void again(CopyAtHand now, String what) {
        LOG.info(
                "The copy of {} goes on in a second: {}",
                queue.state().requests().get(0).name(),
                what);
        now.drop();
        notBeforeNanos = System.nanoTime() + RETRY_NANOS;
    }
}
