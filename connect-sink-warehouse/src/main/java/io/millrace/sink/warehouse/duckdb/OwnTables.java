package io.millrace.sink.warehouse.duckdb;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/** Work on the tables that the sink keeps for itself beside the ledger: they are made when they are missing. */
final class OwnTables {
    private final Session session;
    private final List<String> create;

    /** Work on the session's connection. */
    interface Work<T> {
        T run(Connection connection) throws SQLException;
    }

    /** @param create statements that make the tables, without effect where they exist */
    OwnTables(Session session, List<String> create) {
        this.session = session;
        this.create = create;
    }

    /**
     * Runs work that holds the session.
     *
     * @param doing what cannot be done when it fails, a sentence without its full stop
     */
    <T> T run(String doing, Work<T> work) {
        try {
            return session.run(open -> {
                for (String statement : create) {
                    execute(open.connection(), statement);
                }
                return work.run(open.connection());
            });
        } catch (SQLException e) {
            throw SqlErrors.translate(doing, e);
        }
    }

    /** Rows that the statement changed. */
    static long execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
            return Math.max(0, statement.getLargeUpdateCount());
        }
    }
}
