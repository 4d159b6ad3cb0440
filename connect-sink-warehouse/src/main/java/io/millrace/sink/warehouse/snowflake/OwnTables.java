package io.millrace.sink.warehouse.snowflake;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/** Work on the tables that the sink keeps for itself: the ledger and those beside it, made when they are missing. */
final class OwnTables {
    private final Session session;
    private final Place place;
    private final String schema;
    private final List<String> create;
    private boolean made;

    /** Work on the session's connection. */
    interface Work<T> {
        T run(Connection connection) throws SQLException;
    }

    /** @param create statements that make the tables, without effect where they exist */
    OwnTables(Session session, Place place, String schema, List<String> create) {
        this.session = session;
        this.create = List.copyOf(create);
        this.place = place;
        this.schema = schema;
    }

    /**
     * Runs work that holds the session, and again where it fails for a transient reason: it must do nothing more then.
     *
     * @param doing what cannot be done when it fails, a sentence without its full stop
     */
    <T> T run(String doing, Work<T> work) {
        try {
            return session.repeat(open -> {
                if (!made) {
                    make(open.connection());
                }
                try {
                    return work.run(open.connection());
                } catch (SQLException e) {
                    // Somebody may have dropped them.
                    made &= !SqlErrors.isMissing(e);
                    throw e;
                }
            });
        } catch (SQLException e) {
            throw SqlErrors.translate(doing, e);
        }
    }

    /** A role that may not make schemas can use one that is there. */
    private void make(Connection connection) throws SQLException {
        if (!Catalog.hasSchema(connection, place, schema)) {
            Statements.execute(connection, place.createSchema(schema));
        }
        for (String statement : create) {
            Statements.execute(connection, statement);
        }
        made = true;
    }

    /** The same in one transaction. */
    <T> T transact(String doing, Work<T> work) {
        return run(doing, connection -> {
            Statements.execute(connection, "BEGIN");
            T result = work.run(connection);
            Statements.execute(connection, "COMMIT");
            return result;
        });
    }
}
