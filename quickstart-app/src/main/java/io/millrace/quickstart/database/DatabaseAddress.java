package io.millrace.quickstart.database;

import io.millrace.quickstart.QuickstartException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;

/** Where a database is and who connects to it. Its text form never shows the password. */
public record DatabaseAddress(
        String host, int port, String name, String user, String password, Map<String, String> parameters) {
    public DatabaseAddress {
        parameters = Map.copyOf(parameters);
    }

    /** {@code postgresql://user:password@host:port/name?sslmode=require}, also with {@code jdbc:} before it. */
    public static DatabaseAddress parse(String url) {
        String plain = url.startsWith("jdbc:") ? url.substring("jdbc:".length()) : url;
        URI uri;
        try {
            uri = new URI(plain);
        } catch (URISyntaxException e) {
            // Not e.getMessage(): it repeats the URL with its password.
            throw new QuickstartException("A database URL looks like postgresql://user:password@host:5432/name");
        }
        boolean postgres = "postgresql".equals(uri.getScheme()) || "postgres".equals(uri.getScheme());
        if (!postgres
                || uri.getHost() == null
                || uri.getPath() == null
                || uri.getPath().length() < 2) {
            throw new QuickstartException("A database URL looks like postgresql://user:password@host:5432/name");
        }
        Map<String, String> parameters = parameters(uri.getRawQuery() == null ? "" : uri.getRawQuery());
        String login = uri.getRawUserInfo() == null ? "" : uri.getRawUserInfo();
        int colon = login.indexOf(':');
        String user = decode(colon < 0 ? login : login.substring(0, colon));
        String password = colon < 0 ? "" : decode(login.substring(colon + 1));
        String userParameter = parameters.remove("user");
        String passwordParameter = parameters.remove("password");
        user = user.isEmpty() && userParameter != null ? userParameter : user;
        password = password.isEmpty() && passwordParameter != null ? passwordParameter : password;
        if (user.isEmpty()) {
            throw new QuickstartException("The database URL names no user: postgresql://user:password@host:5432/name");
        }
        int port = uri.getPort() < 0 ? 5432 : uri.getPort();
        return new DatabaseAddress(uri.getHost(), port, uri.getPath().substring(1), user, password, parameters);
    }

    private static Map<String, String> parameters(String query) {
        Map<String, String> parameters = new LinkedHashMap<>();
        for (String pair : query.split("&")) {
            int equals = pair.indexOf('=');
            if (equals > 0) {
                parameters.put(decode(pair.substring(0, equals)), decode(pair.substring(equals + 1)));
            }
        }
        return parameters;
    }

    private static String decode(String text) {
        return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    /** Without user and password. */
    public String jdbcUrl() {
        StringBuilder url = new StringBuilder("jdbc:postgresql://" + host + ":" + port + "/" + name);
        String separator = "?";
        for (Map.Entry<String, String> parameter : parameters.entrySet()) {
            url.append(separator).append(parameter.getKey()).append('=').append(parameter.getValue());
            separator = "&";
        }
        return url.toString();
    }

    /** A connection with settings under which equal values have equal text in every database. */
    public Connection connect() throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", user);
        properties.setProperty("password", password);
        properties.setProperty("connectTimeout", "10");
        properties.setProperty("ApplicationName", "millrace-quickstart");
        Connection connection = DriverManager.getConnection(jdbcUrl(), properties);
        try (var statement = connection.createStatement()) {
            statement.execute("SET datestyle = ISO; SET intervalstyle = postgres; SET timezone = 'UTC';"
                    + " SET extra_float_digits = 1; SET bytea_output = hex");
        }
        return connection;
    }

    @Override
    public String toString() {
        return "postgresql://" + user + "@" + host + ":" + port + "/" + name;
    }
}
