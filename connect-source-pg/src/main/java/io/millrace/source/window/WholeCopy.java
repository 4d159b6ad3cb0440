package io.millrace.source.window;

import io.millrace.source.catalog.Sessions;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Copies a table at one point of the stream, which waits there until it is done: for tables without a key by which the
 * stream names their rows, and where a signal asks for it. The point is one at which the stream has shown exactly what the
 * reading transaction sees of the table; where a commit came between the two, another is tried.
 */
final class WholeCopy implements TableCopy {
    private static final Logger LOG = LoggerFactory.getLogger(WholeCopy.class);
    private static final long ALIVE_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final KeyRange ALL = new KeyRange(null, null);

    private final TableReader reader;
    private final Sessions sessions;
    private final Transactions transactions;
    private final Emission emission;
    private @Nullable Opened opened;
    private boolean reading;
    private long lastAliveNanos = System.nanoTime();

    private record Opened(Connection session, TableReader.Point point, Window window) {}

    /** Takes the rows. */
    interface Emission {
        void row(TableReader reader, Chunk.Row row) throws InterruptedException;

        /** All rows have been taken. */
        void end(TableReader reader) throws InterruptedException;

        void alive() throws InterruptedException;
    }

    WholeCopy(TableReader reader, Sessions sessions, Transactions transactions, Emission emission) {
        this.reader = reader;
        this.sessions = sessions;
        this.transactions = transactions;
        this.emission = emission;
    }

    @Override
    public Step step(long passed) throws SQLException, InterruptedException, TableChangedException {
        Opened at = opened;
        if (at == null) {
            opened = open();
            return Step.WAITS;
        }
        if (Long.compareUnsigned(passed, at.point.mark()) < 0) {
            return Step.WAITS;
        }
        Visibility seen = at.point.visibility();
        if (at.window.outdatesAny() || seen.exact() && transactions.anyOf(seen.running(), at.window.opened())) {
            LOG.debug("{} changed at the very point; another is tried", reader.table());
            close();
            return Step.GOING;
        }
        reading = true;
        reader.whole(at.session, at.point, row -> {
            emission.row(reader, row);
            if (System.nanoTime() - lastAliveNanos > ALIVE_NANOS) {
                lastAliveNanos = System.nanoTime();
                emission.alive();
            }
        });
        reading = false;
        emission.end(reader);
        close();
        return Step.DONE;
    }

    private Opened open() throws SQLException, TableChangedException {
        Window window = new Window(ALL, transactions.count());
        Connection session = sessions.take();
        try {
            TableReader.Point point = reader.begin(session);
            window.read(point.visibility());
            return new Opened(session, point, window);
        } catch (SQLException | TableChangedException | RuntimeException e) {
            sessions.discard(session);
            throw e;
        }
    }

    @Override
    public void changed(int xid, @Nullable RowKey key) {
        if (opened != null) {
            opened.window.changed(xid, key);
        }
    }

    /** No change outdates what is read: either another point is tried or the change comes behind it. */
    @Override
    public boolean reads() {
        return false;
    }

    @Override
    public void close() {
        Opened at = opened;
        opened = null;
        if (at != null && reading) {
            // In the middle of a COPY, which a rollback would wait for.
            reading = false;
            sessions.discard(at.session);
        } else if (at != null) {
            try {
                sessions.giveBack(at.session);
            } catch (SQLException e) {
                sessions.discard(at.session);
            }
        }
    }
}
