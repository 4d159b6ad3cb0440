package io.millrace.source.window;

import java.sql.SQLException;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/** The copy of one table under way. Used by the stream's thread. */
interface TableCopy {
    /** How it stands after a {@link #step}. */
    enum Step {
        GOING,
        /** Nothing goes on before the stream has come further. */
        WAITS,
        DONE
    }

    /**
     * Between two transactions of the stream: emits what is ready.
     *
     * @param passed all that commits before this LSN has been emitted
     */
    Step step(long passed) throws SQLException, InterruptedException, ExecutionException, TableChangedException;

    /** A row of the table that the stream is about to emit; with null, the whole table is emptied. */
    void changed(int xid, @Nullable RowKey key);

    /** Whether something is being read at present that a change now may outdate. */
    boolean reads();

    /** Lets go of what was read and not emitted. */
    void close();
}
