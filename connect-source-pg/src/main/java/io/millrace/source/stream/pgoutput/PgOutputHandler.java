package io.millrace.source.stream.pgoutput;

import io.millrace.source.record.Tuple;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * Receives a transaction's messages in the order of the stream: begin, rows and relations, commit. Times are
 * microseconds since 1970-01-01 UTC; tuples are only good during the call.
 */
public interface PgOutputHandler {
    /** @param commitLsn LSN of the commit record: the same that {@link #commit} brings */
    void begin(long commitLsn, long commitMicros, long xid) throws SQLException, InterruptedException;

    /** @param endLsn where the next transaction may begin */
    void commit(long commitLsn, long endLsn, long commitMicros) throws SQLException, InterruptedException;

    void relation(Relation relation) throws SQLException, InterruptedException;

    /** Announces a type that is not built in, before the relations that use it: it may have changed. */
    void type(int oid) throws SQLException, InterruptedException;

    void insert(int relation, Tuple row) throws SQLException, InterruptedException;

    /**
     * @param old the old row or its identity columns; null when the identity did not change
     * @param oldIsWhole whether {@code old} has every column (REPLICA IDENTITY FULL)
     */
    void update(int relation, @Nullable Tuple old, boolean oldIsWhole, Tuple row)
            throws SQLException, InterruptedException;

    void delete(int relation, Tuple old, boolean oldIsWhole) throws SQLException, InterruptedException;

    /**
     * What {@code pg_logical_emit_message} wrote. Outside a transaction when it is not transactional.
     *
     * @param lsn of the message itself
     */
    void message(boolean transactional, long lsn, String prefix, byte[] content)
            throws SQLException, InterruptedException;

    void truncate(int[] relations) throws SQLException, InterruptedException;
}
