package io.millrace.sink.pg;

import io.millrace.sink.destination.Claim;
import io.millrace.sink.destination.Feed;
import io.millrace.sink.destination.TableId;
import io.millrace.sink.route.Router;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs the ledger's statements. A predecessor that holds its rows for longer than lock.timeout.ms loses its session. */
final class LedgerTable {
    private static final Logger LOG = LoggerFactory.getLogger(LedgerTable.class);

    private final Session session;
    private final Ledger ledger;
    private final String view;
    private final Set<String> predecessors = new HashSet<>();
    private boolean created;

    /** {@code view} is the quoted name of the view that shows freshness, empty for none. */
    LedgerTable(Session session, Ledger ledger, String view) {
        this.view = view;
        this.session = session;
        this.ledger = ledger;
    }

    Ledger statements() {
        return ledger;
    }

    Map<Feed, Claim> claim(Set<TopicPartition> partitions) {
        // Claims come at the beginning and after trouble: whatever was known may not be so any more.
        created = false;
        create();
        try {
            predecessors.addAll(Statements.strings(session.open().connection(), ledger.owners(partitions)));
        } catch (SQLException e) {
            throw session.failed("The owners of partitions " + partitions + " cannot be looked up", e);
        }
        return owned("claimed", partitions, ledger.claim(partitions));
    }

    /** Sessions that partitions were claimed from and that were still there, as {@link Ledger#session} names them. */
    Set<String> predecessors() {
        return predecessors;
    }

    Map<Feed, Claim> begin(Map<Feed, Long> first) {
        create();
        Set<TopicPartition> partitions =
                first.keySet().stream().map(Feed::partition).collect(Collectors.toSet());
        return owned("begun", partitions, ledger.begin(first));
    }

    Set<TopicPartition> partitions(String topic) {
        create();
        Set<TopicPartition> partitions = new HashSet<>();
        try (Statement statement = session.open().connection().createStatement();
                ResultSet rows = statement.executeQuery(ledger.partitions(topic))) {
            while (rows.next()) {
                partitions.add(new TopicPartition(topic, rows.getInt(1)));
            }
            return partitions;
        } catch (SQLException e) {
            throw session.failed("The ledger cannot be read", e);
        }
    }

    /** Tables that any connector with this ledger writes. */
    Set<TableId> targets() {
        create();
        Set<TableId> targets = new HashSet<>();
        try (Statement statement = session.open().connection().createStatement();
                ResultSet rows = statement.executeQuery(ledger.targets())) {
            while (rows.next()) {
                targets.add(new TableId(Router.split(rows.getString(1))));
            }
            return targets;
        } catch (SQLException e) {
            throw session.failed("The ledger cannot be read", e);
        }
    }

    void rewind(Map<TopicPartition, OptionalLong> next) {
        create();
        next.forEach((partition, offset) -> {
            try {
                execute(ledger.rewind(partition, offset));
            } catch (SQLException e) {
                throw session.failed("The ledger of " + partition + " cannot be rewound", e);
            }
        });
    }

    private Map<Feed, Claim> owned(String what, Set<TopicPartition> partitions, String sql) {
        try {
            return query(sql);
        } catch (SQLException e) {
            if (!SqlErrors.isLock(e)) {
                throw session.failed("Partitions " + partitions + " cannot be " + what + " in " + ledger.table(), e);
            }
        }
        LOG.warn(
                "The ledger rows of {} are held by another session: it is ended if it belongs to their owner",
                partitions);
        try {
            execute(ledger.terminateOwners(partitions));
            return query(sql);
        } catch (SQLException e) {
            throw session.failed(
                    "Partitions " + partitions + " are held by another session, which could not be ended", e);
        }
    }

    private Map<Feed, Claim> query(String sql) throws SQLException {
        Map<Feed, Claim> claims = new HashMap<>();
        try (Statement statement = session.open().connection().createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                Map.Entry<Feed, Claim> row = Ledger.row(rows);
                claims.put(row.getKey(), row.getValue());
            }
        }
        return claims;
    }

    /** Only when it is missing: the role may be allowed to write it and not to create it. */
    void create() {
        if (created) {
            return;
        }
        try {
            if (!exists(ledger.table())) {
                try {
                    execute(ledger.create());
                } catch (SQLException e) {
                    // Two tasks at once: IF NOT EXISTS does not wait, and the other one's table is as good.
                    if (!exists(ledger.table())) {
                        throw e;
                    }
                }
            }
            createView();
            created = true;
        } catch (SQLException e) {
            throw session.failed(
                    "Table " + ledger.table() + " (" + PostgresSinkConfig.LEDGER_TABLE + ") cannot be created", e);
        }
    }

    /** Nothing depends on it, so a role that may not make it goes without. */
    private void createView() throws SQLException {
        if (view.isEmpty() || exists(view)) {
            return;
        }
        try {
            execute(ledger.freshness(view));
        } catch (SQLException e) {
            if (SqlErrors.isConnection(e)) {
                throw e;
            }
            LOG.info("View {} ({}) cannot be made: {}", view, PostgresSinkConfig.FRESHNESS_VIEW, e.getMessage());
        }
    }

    private boolean exists(String relation) throws SQLException {
        try (Statement statement = session.open().connection().createStatement();
                ResultSet rows = statement.executeQuery("SELECT to_regclass(" + Sql.text(relation) + ") IS NOT NULL")) {
            return rows.next() && rows.getBoolean(1);
        }
    }

    private void execute(String sql) throws SQLException {
        Statements.execute(session.open().connection(), sql);
    }
}
