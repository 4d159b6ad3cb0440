package io.millrace.sink.warehouse.snowflake;

import java.sql.Connection;
import java.sql.SQLException;
import net.snowflake.client.api.driver.SnowflakeDriver;

/** Opens sessions by the vendor's driver. */
final class Login {
    private Login() {}

    /**
     * A session whose statements wait no longer than is set, whose times are in UTC, and whose work is given up by the
     * service when nobody is there any more to take its answer.
     *
     * @see <a href="https://docs.snowflake.com/en/sql-reference/parameters">Parameters</a>
     */
    static Connection connect(SnowflakeSettings settings) throws SQLException {
        Connection connection = new SnowflakeDriver().connect(settings.jdbcUrl(), settings.properties());
        try {
            Statements.execute(connection, parameters(settings));
            return connection;
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }

    static String parameters(SnowflakeSettings settings) {
        long seconds = Math.max(1, settings.lockTimeoutMillis() / 1000);
        return "ALTER SESSION SET AUTOCOMMIT = TRUE, LOCK_TIMEOUT = " + seconds
                + ", TIMEZONE = 'UTC', ABORT_DETACHED_QUERY = TRUE, ERROR_ON_NONDETERMINISTIC_MERGE = TRUE"
                + ", QUOTED_IDENTIFIERS_IGNORE_CASE = FALSE, QUERY_TAG = " + Sql.text(settings.queryTag());
    }
}
