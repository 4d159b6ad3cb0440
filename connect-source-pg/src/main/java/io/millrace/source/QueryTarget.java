package io.millrace.source;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;

/** The target of {@code watermark.start=target}. Where a policy hides rows from the role the server refuses to answer. */
record QueryTarget(QueryConfig config) {
    Connection open() throws SQLException {
        Properties properties = new Properties();
        properties.put("user", config.getString("target.connection.username"));
        properties.put(
                "password", config.getPassword("target.connection.password").value());
        properties.put("ApplicationName", "millrace query");
        Connection connection = DriverManager.getConnection(config.getString("target.connection.url"), properties);
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET DateStyle = 'ISO, MDY'; SET TimeZone = 'UTC'; SET row_security = off");
            return connection;
        } catch (SQLException | RuntimeException e) {
            connection.close();
            throw e;
        }
    }
}
