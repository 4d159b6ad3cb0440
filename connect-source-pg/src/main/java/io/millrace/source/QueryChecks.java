package io.millrace.source;

import io.millrace.source.catalog.Database;
import io.millrace.source.query.MirrorChecks;
import io.millrace.source.query.Pooler;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.common.config.Config;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.ConfigValue;
import org.apache.kafka.connect.errors.ConnectException;

/** Compares the query connector's configuration with the live source, before anything is read. */
final class QueryChecks {
    private static final int OLDEST_SERVER = 14;

    /** How {@link ConfigException} names its key. */
    private static final Pattern NAMED = Pattern.compile("(?s)Invalid value .* for configuration ([^:]+): (.*)");

    private final Config result;

    private QueryChecks(Config result) {
        this.result = result;
    }

    /** Adds to what the values' own checks found; looks at the source only when they found nothing. */
    static Config run(Map<String, String> given, Config result) {
        if (result.configValues().stream()
                .anyMatch(value -> !value.errorMessages().isEmpty())) {
            return result;
        }
        new QueryChecks(result).check(given);
        return result;
    }

    private void check(Map<String, String> given) {
        QueryConfig config = new QueryConfig(given);
        List<QueryConfig.Configured> mirrors;
        try {
            mirrors = config.mirrors();
        } catch (ConfigException e) {
            String message = String.valueOf(e.getMessage());
            Matcher named = NAMED.matcher(message);
            if (named.matches()) {
                error(named.group(1), named.group(2));
            } else {
                error(QueryKeys.MIRRORS, message);
            }
            return;
        }
        if (mirrors.stream().anyMatch(mirror -> mirror.fromTarget())) {
            target(config);
        }
        Database database = config.database();
        try (Connection session = database.connect("millrace check")) {
            if (session.getMetaData().getDatabaseMajorVersion() < OLDEST_SERVER) {
                error("database.hostname", "the server is older than Postgres " + OLDEST_SERVER);
                return;
            }
            Pooler.refuse(() -> database.connect("millrace check"));
            for (QueryConfig.Configured mirror : mirrors) {
                new MirrorChecks(
                                session,
                                mirror.settings(),
                                (key, message) -> error(mirror.keys().key(key), message))
                        .run(mirror.columns(), mirror.keys().repeatsAccepted());
            }
        } catch (SQLException e) {
            error(LiveChecks.keyFor(e), "cannot use " + database + ": " + e.getMessage());
        } catch (ConnectException e) {
            error("database.hostname", String.valueOf(e.getMessage()));
        }
    }

    private void target(QueryConfig config) {
        String url = config.getString("target.connection.url");
        if (!url.startsWith("jdbc:postgresql:")) {
            error("target.connection.url", "has to be set for watermark.start=target, as jdbc:postgresql://...");
            return;
        }
        try (Connection opened = new QueryTarget(config).open()) {
            opened.isValid(1);
        } catch (SQLException e) {
            error("target.connection.url", "cannot connect: " + e.getMessage());
        }
    }

    /** A key of one mirror stands in no list of keys yet. */
    private void error(String key, String message) {
        for (ConfigValue value : result.configValues()) {
            if (value.name().equals(key)) {
                value.addErrorMessage(key + ": " + message);
                return;
            }
        }
        ConfigValue value = new ConfigValue(key);
        value.addErrorMessage(key + ": " + message);
        result.configValues().add(value);
    }
}
