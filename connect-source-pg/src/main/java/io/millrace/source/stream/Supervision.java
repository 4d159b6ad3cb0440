package io.millrace.source.stream;

import io.millrace.source.catalog.CatalogTable;
import io.millrace.source.catalog.TableId;
import io.millrace.source.position.StreamPosition;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Set;

/** What the stream asks of whoever prepared the source for it. Called from the reading thread, but for looks. */
public interface Supervision {
    /** Before each connection: refuses a slot that cannot go on from the position without a gap. */
    void check(StreamPosition position) throws SQLException;

    /**
     * Every few seconds, in the thread of the {@linkplain Watch looks}: throws when the stream has begun to keep things back,
     * {@link TablesLostException} where that concerns some tables.
     *
     * @return tables that the stream had kept back for a while
     */
    Set<TableId> watch(Connection connection) throws SQLException;

    /** The stream does not bring every column that the table has by now. Called from the thread of the looks. */
    void columnsMissing(CatalogTable table) throws SQLException;
}
