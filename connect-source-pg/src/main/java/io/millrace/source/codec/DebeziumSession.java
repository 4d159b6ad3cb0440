package io.millrace.source.codec;

import io.debezium.config.Configuration;
import io.debezium.connector.postgresql.connection.PostgresConnection;
import io.debezium.jdbc.JdbcConfiguration;
import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * Debezium's connection over a session of ours, which is opened when Debezium's classes first ask for it and closed by
 * {@link #release}. The caller keeps other threads away.
 */
final class DebeziumSession extends PostgresConnection {
    private final SessionSource source;
    private @Nullable Connection current;

    DebeziumSession(SessionSource source) {
        super(JdbcConfiguration.adapt(Configuration.empty()), "Millrace types");
        this.source = source;
    }

    @Override
    public synchronized Connection connection() throws SQLException {
        Connection connection = current;
        if (connection == null) {
            connection = source.open();
            current = connection;
        }
        return connection;
    }

    @Override
    public synchronized Connection connection(boolean executeOnConnect) throws SQLException {
        return connection();
    }

    void release() {
        Connection connection = current;
        current = null;
        if (connection != null) {
            try {
                connection.close();
            } catch (SQLException alreadyBroken) {
                // Nothing was written in it.
            }
        }
    }
}
