package io.millrace.source;

import io.millrace.source.catalog.Database;
import io.millrace.source.query.MirrorChecks;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.connect.errors.ConnectException;

/**
 * Whether offsets that a user gives by Connect's REST interface can be gone on from: {@code watermark} alone reads again
 * from there on, {@code run.start} and {@code run.end} with {@code run.again} read a range again, and no offset at all
 * begins anew.
 *
 * @see <a href="https://cwiki.apache.org/confluence/display/KAFKA/KIP-875%3A+First-class+offsets+support+in+Kafka+Connect">
 *     KIP-875</a>
 */
final class QueryOffsetChanges {
    private final QueryConfig config;

    QueryOffsetChanges(QueryConfig config) {
        this.config = config;
    }

    /** @throws ConnectException for a change that cannot be gone on from */
    void check(Map<Map<String, ?>, Map<String, ?>> offsets) {
        Map<String, QueryConfig.Configured> mirrors = new HashMap<>();
        config.mirrors().forEach(mirror -> mirrors.put(mirror.settings().name(), mirror));
        offsets.forEach((partition, offset) -> {
            QueryConfig.Configured mirror = mirrors.get(String.valueOf(partition.get("mirror")));
            if (!config.topicPrefix().equals(partition.get("server")) || mirror == null || partition.size() != 2) {
                throw new ConnectException("a partition of this connector is {\"server\": \"" + config.topicPrefix()
                        + "\", \"mirror\": one of " + mirrors.keySet() + "}, not " + partition);
            }
            if (offset != null) {
                check(mirror, offset);
            }
        });
    }

    private void check(QueryConfig.Configured mirror, Map<String, ?> offset) {
        Database database = config.database();
        try (Connection session = database.connect("millrace check")) {
            MirrorChecks.offset(session, mirror.settings(), offset);
        } catch (SQLException e) {
            throw new ConnectException("cannot compare the offset with " + database + ": " + e.getMessage(), e);
        }
    }
}
