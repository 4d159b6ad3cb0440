package io.millrace.sink.pg;

import java.util.Map;
import java.util.Properties;
import org.apache.kafka.common.config.types.Password;
import org.jspecify.annotations.Nullable;

/**
 * How to reach the target.
 *
 * @param driver further properties of the driver, TLS among them
 * @param replica triggers and foreign keys are not looked at
 */
record ConnectionSettings(
        String url,
        @Nullable String user,
        @Nullable Password password,
        Map<String, String> driver,
        String applicationName,
        long timeoutMillis,
        long lockTimeoutMillis,
        boolean replica) {
    private static final long SECOND = 1000;

    /** Never log these: the password is among them. */
    Properties driverProperties() {
        Properties properties = new Properties();
        properties.setProperty("ApplicationName", applicationName);
        properties.setProperty("connectTimeout", "10");
        properties.setProperty("loginTimeout", "20");
        properties.setProperty("tcpKeepAlive", "true");
        // A server that has stopped answering must not hold the task for ever, nor for longer than a flush may take.
        properties.setProperty("socketTimeout", String.valueOf(Math.max(1, timeoutMillis / SECOND)));
        // One message for a whole transaction: the simple protocol.
        properties.setProperty("preferQueryMode", "extendedForPrepared");
        // Details show values of rows.
        properties.setProperty("logServerErrorDetail", "false");
        driver.forEach(properties::setProperty);
        if (user != null) {
            properties.setProperty("user", user);
        }
        if (password != null) {
            properties.setProperty("password", password.value());
        }
        return properties;
    }
}
