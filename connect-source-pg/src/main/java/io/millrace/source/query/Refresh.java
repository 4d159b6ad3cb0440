package io.millrace.source.query;

import java.sql.Connection;
import java.sql.SQLException;

/** One way of finding out what is new. */
interface Refresh {
    /**
     * One run, or the rest of one that did not come to its end.
     *
     * @param session in autocommit; may be left within a transaction
     */
    void run(Connection session) throws SQLException, InterruptedException;
}
