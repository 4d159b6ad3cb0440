package io.millrace.sink.warehouse.duckdb;

import io.millrace.sink.destination.Advance;
import io.millrace.sink.destination.Claim;
import io.millrace.sink.destination.Feed;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.errors.ConnectException;

/** Runs the ledger's statements. A task that collides with another one's flush waits for its end and goes on. */
final class LedgerTable {
    private static final int ATTEMPTS = 100;
    private static final long PAUSE_MILLIS = 20;

    private final Session session;
    private final Ledger ledger;
    private final Commits commits;

    LedgerTable(Session session, Ledger ledger, Commits commits) {
        this.commits = commits;
        this.session = session;
        this.ledger = ledger;
    }

    Map<Feed, Claim> claim(Set<TopicPartition> partitions) {
        return repeated("Partitions " + partitions + " cannot be claimed", connection -> {
            execute(connection, "BEGIN TRANSACTION");
            execute(connection, ledger.claim(partitions));
            Map<Feed, Claim> claims = claims(connection, ledger.claims(partitions));
            execute(connection, "COMMIT");
            return claims;
        });
    }

    Map<Feed, Claim> begin(Map<Feed, Long> first) {
        return repeated("Feeds cannot be begun", connection -> {
            execute(connection, "BEGIN TRANSACTION");
            execute(connection, ledger.begin(first));
            execute(connection, ledger.claimFeeds(first.keySet()));
            Map<Feed, Claim> claims = claims(connection, ledger.claimsOfFeeds(first.keySet()));
            execute(connection, "COMMIT");
            return claims;
        });
    }

    Set<TopicPartition> partitions(String topic) {
        return repeated("The ledger cannot be read", connection -> {
            Set<TopicPartition> partitions = new HashSet<>();
            try (Statement statement = connection.createStatement();
                    ResultSet rows = statement.executeQuery(ledger.partitions(topic))) {
                while (rows.next()) {
                    partitions.add(new TopicPartition(topic, rows.getInt(1)));
                }
            }
            return partitions;
        });
    }

    void rewind(Map<TopicPartition, OptionalLong> next) {
        next.forEach(
                (partition, offset) -> repeated("The ledger of " + partition + " cannot be rewound", connection -> {
                    execute(connection, "BEGIN TRANSACTION");
                    execute(connection, ledger.rewind(partition, offset));
                    if (offset.isEmpty()) {
                        execute(connection, ledger.forget(partition));
                    }
                    execute(connection, "COMMIT");
                    return List.of();
                }));
    }

    private static Map<Feed, Claim> claims(Connection connection, String sql) throws SQLException {
        Map<Feed, Claim> claims = new HashMap<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                Map.Entry<Feed, Claim> row = Ledger.row(rows);
                claims.put(row.getKey(), row.getValue());
            }
        }
        return claims;
    }

    /** Whether nobody else has moved these feeds or claimed them. */
    boolean stands(List<Advance> advances) {
        return advances.isEmpty()
                || repeated("The ledger cannot be read", connection -> {
                    try (Statement statement = connection.createStatement();
                            ResultSet row = statement.executeQuery(ledger.standing(advances))) {
                        return row.next() && row.getLong(1) == advances.size();
                    }
                });
    }

    private interface Query<T> {
        T run(Connection connection) throws SQLException;
    }

    private <T> T repeated(String doing, Query<T> query) {
        for (int attempt = 1; ; attempt++) {
            try {
                return session.run(open -> {
                    execute(open.connection(), ledger.create());
                    execute(open.connection(), commits.create());
                    return query.run(open.connection());
                });
            } catch (SQLException e) {
                // Two that begin one feed at once find each other's row by its key.
                boolean again = SqlErrors.isConflict(e) || SqlErrors.isDuplicate(e);
                if (!again || attempt == ATTEMPTS) {
                    throw SqlErrors.translate(doing + " in " + ledger.table(), e);
                }
                pause();
            }
        }
    }

    private static void pause() {
        try {
            Thread.sleep(PAUSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ConnectException("Stopped while waiting for another task's flush", e);
        }
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
