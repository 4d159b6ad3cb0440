package io.millrace.source.stream;

import io.millrace.source.batch.Handoff;
import io.millrace.source.catalog.Database;
import io.millrace.source.catalog.LockWaits;
import io.millrace.source.record.RereadQuery;
import io.millrace.source.record.TableSchema;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import org.apache.kafka.connect.data.Struct;
import org.jspecify.annotations.Nullable;
import org.postgresql.replication.LogSequenceNumber;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * When a key changes, pgoutput sends a TOAST value that did not change as unchanged under the new key, which no target
 * has. It is read again from the source by the new key; what is found may be newer, and then its own event follows.
 *
 * <p>When it is not found the row has gone meanwhile, and no target has the row until then. Its further updates, up to
 * the event that took it away, may not count on a row in the target either: until the stream has passed the point of
 * the WAL at which the row was seen to be gone, updates with unchanged TOAST values are {@linkplain #doubts in doubt}
 * and are completed in the same way.
 *
 * <p>A table that another session has locked is waited for, as nothing else would be right; who has it is told, and the
 * stream's connection is kept meanwhile. For one thread.
 */
final class Rereader implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Rereader.class);

    private static final String INSUFFICIENT_PRIVILEGE = "42501";

    /** Often enough for a {@code wal_sender_timeout} of a few seconds. */
    private static final int LOCK_MILLIS = 1000;

    private final Database database;
    private final Handoff.Waiting meanwhile;
    private @Nullable Connection session;
    private long doubtUntil;

    /** @param meanwhile what to do again and again while a row cannot be read because its table is locked */
    Rereader(Database database, Handoff.Waiting meanwhile) {
        this.database = database;
        this.meanwhile = meanwhile;
    }

    /** After a restart nobody knows which rows were found to be gone before it: all that is in the WAL is in doubt. */
    static Rereader resumed(Database database, Handoff.Waiting meanwhile) throws SQLException {
        Rereader rereader = new Rereader(database, meanwhile);
        rereader.doubt(rereader.session());
        return rereader;
    }

    /** Whether the row of an update that commits at this LSN may be missing in the target. */
    boolean doubts(long commitLsn) {
        return Long.compareUnsigned(commitLsn, doubtUntil) < 0;
    }

    /** Kept: where every update has to be completed, a connection for each would be most of the time. */
    private Connection session() throws SQLException {
        Connection open = session;
        if (open == null || open.isClosed()) {
            open = database.connect("millrace", LOCK_MILLIS);
            session = open;
        }
        return open;
    }

    @Override
    public void close() throws SQLException {
        if (session != null) {
            session.close();
        }
    }

    private void doubt(Connection connection) throws SQLException {
        // Not the flushed position: what took the row away may be visible before it is flushed.
        try (PreparedStatement statement = connection.prepareStatement(
                        "SELECT CASE WHEN pg_is_in_recovery() THEN pg_last_wal_receive_lsn()"
                                + " ELSE pg_current_wal_insert_lsn() END");
                ResultSet row = statement.executeQuery()) {
            if (row.next() && row.getString(1) != null) {
                doubtUntil = LogSequenceNumber.valueOf(row.getString(1)).asLong();
            }
        }
    }

    /** Puts the values into the row. False when the row is gone or cannot be found by its key: the placeholder stays. */
    boolean complete(TableSchema schema, Struct row) throws SQLException, InterruptedException {
        @Nullable RereadQuery query = RereadQuery.of(schema, row);
        if (query == null) {
            LOG.warn("The key of {} has a type by which unchanged TOAST values are not read again", schema.table());
            return false;
        }
        try {
            return read(query, schema, row);
        } catch (SQLException e) {
            demandLocked(e);
        }
        try (LockWaits told = LockWaits.open(database, Duration.ZERO, LOG::warn)) {
            while (true) {
                meanwhile.stillWaiting();
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
                try {
                    return read(query, schema, row);
                } catch (SQLException e) {
                    demandLocked(e);
                }
            }
        }
    }

    private static void demandLocked(SQLException e) throws SQLException {
        if (!Database.LOCK_NOT_AVAILABLE.equals(e.getSQLState())) {
            throw e;
        }
    }

    private boolean read(RereadQuery query, TableSchema schema, Struct row) throws SQLException {
        Connection connection = session();
        try (PreparedStatement statement = connection.prepareStatement(query.sql())) {
            query.bind(statement);
            boolean complete;
            try (ResultSet found = statement.executeQuery()) {
                complete = found.next() && query.fill(found, row);
            }
            if (!complete) {
                doubt(connection);
            }
            return complete;
        } catch (SQLException e) {
            boolean denied = INSUFFICIENT_PRIVILEGE.equals(e.getSQLState());
            if (!denied && e.getSQLState() != null && e.getSQLState().startsWith("42")) {
                LOG.warn("Table {} has changed since; an unchanged TOAST value stays unknown", schema.table());
                return false;
            }
            throw e;
        }
    }
}
