package io.millrace.source.window;

import io.millrace.source.catalog.Catalog;
import io.millrace.source.catalog.Publication;
import io.millrace.source.catalog.Published;
import io.millrace.source.catalog.TableId;
import io.millrace.source.record.TableSchemas;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.connect.errors.ConnectException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What comes before the copy of one table. */
final class Planning {
    private static final Logger LOG = LoggerFactory.getLogger(Planning.class);
    private static final long LOOK_MILLIS = 50;
    private static final long TOLD_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final String WRITERS =
            """
            SELECT l.virtualtransaction, coalesce(l.pid, 0) FROM pg_catalog.pg_locks l
            JOIN pg_catalog.pg_database d ON d.oid = l.database AND d.datname = current_database()
            WHERE l.locktype = 'relation' AND l.granted AND l.mode = 'RowExclusiveLock'
              AND l.relation IN (SELECT ?::oid UNION ALL SELECT relid FROM pg_catalog.pg_partition_tree(?::oid::regclass))""";

    private Planning() {}

    /**
     * Finds the table and how to read it. What the publication lets out of it is read after the columns: a table that
     * gains one in between is planned again, as its shape is another.
     */
    static TableReader plan(Connection session, CopyRequest request, TableSchemas schemas, String publication)
            throws SQLException, InterruptedException {
        Optional<CopiedTable> found = CopiedTable.find(session, request.table());
        if (found.isEmpty()) {
            throw new ConnectException("there is no table " + request.table());
        }
        CopiedTable table = found.orElseThrow();
        TableId part = request.part();
        if (part != null && !new Catalog(session).leaves(table.table()).contains(part)) {
            throw new ConnectException(part + " is no partition of " + request.table() + " any more");
        }
        if (request.isAdded() && part == null) {
            awaitWriters(session, request.table(), table.table().oid());
        }
        Published published = new Publication(session, publication).published();
        synchronized (schemas) {
            schemas.publish(published);
            return new TableReader(table, part, schemas, request.filter());
        }
    }

    /**
     * A change that was made before the table was published, by a transaction that is still open, comes neither in the
     * stream nor in a snapshot taken now. So whoever had written to the table by now has to end first.
     */
    private static void awaitWriters(Connection session, TableId table, int oid)
            throws SQLException, InterruptedException {
        List<String> before = writers(session, oid);
        long told = System.nanoTime();
        while (!before.isEmpty()) {
            Thread.sleep(LOOK_MILLIS);
            before.retainAll(writers(session, oid));
            if (!before.isEmpty() && System.nanoTime() - told > TOLD_NANOS) {
                told = System.nanoTime();
                LOG.info(
                        "The copy of {} waits for transactions that wrote to it before it was published (virtual"
                                + " transaction/pid): {}",
                        table,
                        before);
            }
        }
    }

    private static List<String> writers(Connection session, int oid) throws SQLException {
        List<String> writers = new ArrayList<>();
        try (PreparedStatement statement = session.prepareStatement(WRITERS)) {
            statement.setLong(1, Integer.toUnsignedLong(oid));
            statement.setLong(2, Integer.toUnsignedLong(oid));
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    writers.add(row.getString(1) + "/" + row.getInt(2));
                }
            }
        }
        return writers;
    }
}
