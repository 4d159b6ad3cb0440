package io.millrace.source.stream;

import io.millrace.source.catalog.CatalogTable;
import io.millrace.source.position.StreamPosition;
import java.sql.Connection;
import java.sql.SQLException;

/** What the stream asks of whoever prepared the source for it. Called from the reading thread. */
public interface Supervision {
    /** Before each connection: refuses a slot that cannot go on from the position without a gap. */
    void check(StreamPosition position) throws SQLException;

    /** Now and then while streaming, between two transactions: throws when the stream has begun to keep things back. */
    void watch(Connection connection) throws SQLException;

    /** The stream does not bring every column that the table has by now. */
    void columnsMissing(CatalogTable table) throws SQLException;
}
