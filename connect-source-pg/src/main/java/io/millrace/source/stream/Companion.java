package io.millrace.source.stream;

import io.millrace.source.catalog.TableId;
import io.millrace.source.record.TableSchema;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Set;
import org.apache.kafka.connect.data.Struct;
import org.jspecify.annotations.Nullable;

/**
 * Goes along with the stream, in its thread: is shown what it emits and may put records of its own between
 * transactions. Every method but {@link #look} is called by the thread that runs {@link StreamReader}.
 */
public interface Companion {
    /** Messages with this prefix, outside transactions, are written to move the stream on, and say nothing. */
    String PREFIX = "millrace";

    /** A stream without company. */
    Companion NONE = new Companion() {};

    /** A new connection: what it will show begins again with a transaction that may have been shown before. */
    default void connected() throws SQLException, InterruptedException {}

    /** The connection is gone, for whatever reason. */
    default void disconnected() {}

    /** A transaction whose rows follow; {@code xid} is the lower half of its id. */
    default void begun(int xid) {}

    /** Whether {@link #changed} and {@link #truncated} want to be told at present. */
    default boolean watches() {
        return false;
    }

    /**
     * A row that is about to be emitted, in the transaction that has begun last.
     *
     * @param operation as the envelope has it
     * @param before the old row, of which only the replica identity may be known; null where the stream has none
     * @param after the new row; null for a delete
     * @return whether it is to be left out, because what it says will be copied later
     */
    default boolean changed(String operation, TableSchema schema, @Nullable Struct before, @Nullable Struct after)
            throws InterruptedException {
        return false;
    }

    /** A table that is about to be emptied; returns as {@link #changed} does. */
    default boolean truncated(TableId table) {
        return false;
    }

    /**
     * Whether rows of this table may be missing downstream because they are still to be copied: what changes them
     * says so, and has to be whole where {@link Copying#READING}.
     */
    default Copying copying(TableId table) {
        return Copying.NOT;
    }

    enum Copying {
        NOT,
        /** A row that is missing will be read later. */
        WAITING,
        /** A row that changes now may be left out of what is being read. */
        READING
    }

    /** A {@link Watch}: called by the thread of the looks. */
    default Watch.@Nullable Finding look(Connection session) throws SQLException {
        return null;
    }

    /** Changes of these tables may be missing in the stream: what is stored from now on says so. Between two transactions. */
    default void lost(Set<TableId> tables) throws InterruptedException {}

    /**
     * Between two transactions, and often while there is none.
     *
     * @param passed all that commits before this LSN has been emitted
     * @return whether the server should be asked how far it is, because something waits for it
     */
    default boolean between(long passed) throws SQLException, InterruptedException {
        return false;
    }
}
