package io.millrace.sink.warehouse.snowflake;

import java.security.PrivateKey;
import java.util.Locale;
import java.util.Properties;
import org.apache.kafka.common.config.types.Password;
import org.jspecify.annotations.Nullable;

/**
 * Which account, as whom, and how rows are loaded.
 *
 * @param url address of the account; http only for emulators
 * @param key of key-pair login; null to log in by password
 * @param place where the tables are
 * @param avro whether rows are loaded from files in a stage, or as binds of statements
 * @param stage where those files are put, as a statement names it
 * @param lockTimeoutMillis how long a statement waits for another transaction's end
 * @param retries how often what is transient is repeated
 * @param backoffMillis before the first repetition; doubles with each
 * @param orderedLog whether tables are logs with a column for the order of their rows
 */
record SnowflakeSettings(
        String url,
        String user,
        Password password,
        @Nullable PrivateKey key,
        String role,
        String warehouse,
        Place place,
        boolean avro,
        String stage,
        long lockTimeoutMillis,
        String queryTag,
        int retries,
        long backoffMillis,
        boolean orderedLog) {
    /** Orders the rows of a log: microseconds of their statement, times a billion, and their place in its batch. */
    static final String ORDER_COLUMN = "_millrace_order";

    private static final String HTTP = "http://";

    /** The driver's address. */
    String jdbcUrl() {
        return "jdbc:snowflake://" + url.substring(url.indexOf("//") + 2).replaceAll("/+$", "") + "/";
    }

    /**
     * What the driver is told beside it.
     *
     * @see <a href="https://docs.snowflake.com/en/developer-guide/jdbc/jdbc-parameters">Connection parameters</a>
     */
    Properties properties() {
        Properties properties = new Properties();
        properties.put("user", user);
        if (key == null) {
            properties.put("password", password.value());
        } else {
            properties.put("privateKey", key);
        }
        put(properties, "role", role);
        put(properties, "warehouse", warehouse);
        put(properties, "db", identifier(place.database()));
        put(properties, "schema", identifier(place.schema()));
        properties.put("CLIENT_SESSION_KEEP_ALIVE", "true");
        // Arrow would need flags of the worker's JVM.
        properties.put("JDBC_QUERY_RESULT_FORMAT", "JSON");
        properties.put("CLIENT_TELEMETRY_ENABLED", "false");
        properties.put("disablePlatformDetection", "true");
        if (url.toLowerCase(Locale.ROOT).startsWith(HTTP)) {
            properties.put("ssl", "off");
            // A name without a dot has no account in it.
            properties.put("account", "emulator");
        }
        return properties;
    }

    /** Names without quotes are read in capitals. */
    private String identifier(String name) {
        return place.upper() ? place.name(name) : Sql.name(name);
    }

    /** Without the private key, which would show itself. */
    @Override
    public String toString() {
        return "Snowflake at " + url + " as " + user;
    }

    private static void put(Properties properties, String name, String value) {
        if (!value.isEmpty()) {
            properties.put(name, value);
        }
    }
}
