package io.millrace.source.window;

import io.millrace.source.catalog.TableId;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Set;

/** Looks now and then for tables and partitions that came to be captured while the stream runs. */
@FunctionalInterface
public interface TableWatch {
    /**
     * @param state the same where nothing has come but time
     * @param tables those that are captured now
     */
    record Found(CopyState state, Set<TableId> tables) {}

    /** @param session to look at the server with, in autocommit */
    Found look(Connection session, CopyState state) throws SQLException;
}
