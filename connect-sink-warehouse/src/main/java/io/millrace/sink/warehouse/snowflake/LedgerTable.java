package io.millrace.sink.warehouse.snowflake;

import io.millrace.sink.destination.Claim;
import io.millrace.sink.destination.Feed;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;

/** Runs the ledger's statements. A task waits for another one's flush, up to the lock timeout. */
final class LedgerTable {
    private final OwnTables tables;
    private final Ledger ledger;

    LedgerTable(OwnTables tables, Ledger ledger) {
        this.tables = tables;
        this.ledger = ledger;
    }

    Ledger statements() {
        return ledger;
    }

    Map<Feed, Claim> claim(Set<TopicPartition> partitions) {
        if (partitions.isEmpty()) {
            return Map.of();
        }
        return tables.transact("Partitions " + partitions + " cannot be claimed", connection -> {
            Statements.execute(connection, ledger.claim(partitions));
            return claims(connection, ledger.claims(partitions));
        });
    }

    Map<Feed, Claim> begin(Map<Feed, Long> first) {
        if (first.isEmpty()) {
            return Map.of();
        }
        return tables.transact("Feeds cannot be begun", connection -> {
            Statements.execute(connection, ledger.guard());
            Statements.execute(connection, ledger.begin(first));
            Statements.execute(connection, ledger.claimFeeds(first.keySet()));
            return claims(connection, ledger.claimsOfFeeds(first.keySet()));
        });
    }

    Set<TopicPartition> partitions(String topic) {
        return new HashSet<>(tables.run(
                "The ledger cannot be read",
                connection -> Statements.query(
                        connection, ledger.partitions(topic), row -> new TopicPartition(topic, row.getInt(1)))));
    }

    void rewind(Map<TopicPartition, OptionalLong> next) {
        next.forEach((partition, offset) ->
                tables.transact("The ledger of " + partition + " cannot be rewound", connection -> {
                    long changed = Statements.execute(connection, ledger.rewind(partition, offset));
                    return offset.isEmpty() ? Statements.execute(connection, ledger.forget(partition)) : changed;
                }));
    }

    private static Map<Feed, Claim> claims(Connection connection, String sql) throws SQLException {
        Map<Feed, Claim> claims = new HashMap<>();
        Statements.query(connection, sql, Ledger::row).forEach(row -> claims.put(row.getKey(), row.getValue()));
        return claims;
    }
}
