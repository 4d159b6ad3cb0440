package io.millrace.source;

import io.millrace.source.catalog.Catalog;
import io.millrace.source.catalog.CatalogTable;
import io.millrace.source.catalog.Database;
import io.millrace.source.catalog.KeyColumns;
import io.millrace.source.catalog.Privileges;
import io.millrace.source.catalog.Slot;
import io.millrace.source.catalog.TableFilter;
import io.millrace.source.snapshot.PartitionKeys;
import io.millrace.source.stream.StreamSettings;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.config.Config;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.ConfigValue;

/**
 * Compares a configuration with the live source before anything is changed: each finding is an error on the key that
 * has to change, with what to do. Reads only.
 */
final class LiveChecks {
    private static final int OLDEST_SERVER = 14;
    private static final int FAILOVER_SERVER = 17;

    private final CdcConfig config;
    private final Config result;

    private LiveChecks(CdcConfig config, Config result) {
        this.config = config;
        this.result = result;
    }

    /** Adds to what the values' own checks found; looks at the source only when they found nothing. */
    static Config run(Map<String, String> given, Config result) {
        result.configValues().addAll(DebeziumKeys.refused(given));
        if (result.configValues().stream()
                .anyMatch(value -> !value.errorMessages().isEmpty())) {
            return result;
        }
        CdcConfig config = new CdcConfig(given);
        CopyKeys.check(config, result.configValues());
        LiveChecks checks = new LiveChecks(config, result);
        boolean parsed = checks.parses("table.include.list", config::filter)
                & checks.parses("row.filter", config::rowFilters)
                & checks.parses(KeyColumns.KEY, config::keyColumns)
                & checks.parses(PartitionKeys.KEY, config::partitionKeys)
                & checks.parses("message.prefix.include.list", config::eventSettings);
        if (parsed) {
            checks.check(config.filter());
        }
        return result;
    }

    private boolean parses(String key, Runnable value) {
        try {
            value.run();
            return true;
        } catch (ConfigException e) {
            error(key, String.valueOf(e.getMessage()));
            return false;
        }
    }

    private void check(TableFilter filter) {
        Database database = config.database();
        try (Connection connection = database.connect("millrace check")) {
            if (connection.getMetaData().getDatabaseMajorVersion() < OLDEST_SERVER) {
                error("database.hostname", "the server is older than Postgres " + OLDEST_SERVER);
                return;
            }
            List<CatalogTable> tables = new Catalog(connection).tables(filter, config.viaRoot());
            Privileges privileges = new Privileges(connection);
            List<CatalogTable> views = new Catalog(connection).views(filter);
            new TableChecks(config, connection, this::error).run(tables, views, filter, privileges);
            if (config.streams()) {
                replication(connection, privileges);
                new PublicationChecks(config, connection, this::error).run(tables, privileges);
                slot(connection, database, privileges);
            }
        } catch (SQLException e) {
            error(keyFor(e), "cannot use " + database + ": " + e.getMessage());
        }
    }

    /** The connection's key that an error is about. */
    static String keyFor(SQLException e) {
        return switch (String.valueOf(e.getSQLState())) {
            case "28P01", "28000" -> "database.password";
            case "3D000" -> "database.dbname";
            case "42501" -> "database.user";
            default -> "database.hostname";
        };
    }

    private void replication(Connection connection, Privileges privileges) throws SQLException {
        String level = privileges.setting("wal_level");
        if (!"logical".equals(level)) {
            error(
                    "slot.name",
                    "the server's wal_level is " + level + ", logical replication needs logical: ALTER SYSTEM SET"
                            + " wal_level = logical, then restart the server (or set snapshot.mode=initial_only)");
        }
        if (!privileges.replicates()) {
            error(
                    "database.user",
                    "the role " + config.getString("database.user")
                            + " may not replicate; as superuser run: ALTER ROLE " + config.getString("database.user")
                            + " REPLICATION");
        }
    }

    private void slot(Connection connection, Database database, Privileges privileges) throws SQLException {
        int version = connection.getMetaData().getDatabaseMajorVersion();
        if (config.slotFailover() && version < FAILOVER_SERVER) {
            error(
                    "slot.failover",
                    "slots are synchronised to standbys from Postgres " + FAILOVER_SERVER + " on; the server is "
                            + version + ". Set it to false");
        }
        Optional<Slot> found = Slot.find(connection, config.slot());
        if (found.isEmpty()) {
            if (privileges.freeSlots() < 2) {
                error(
                        "slot.name",
                        "the server has no room for another replication slot (and one for a moment, for the copy):"
                                + " raise max_replication_slots or drop slots that nobody reads");
            }
            return;
        }
        Slot slot = found.orElseThrow();
        SlotChecks.unusable(slot, database.name()).ifPresent(reason -> error("slot.name", reason));
        if (slot.activePid() != 0) {
            String reader = privileges.applicationOf(slot.activePid());
            // Debezium's may be this connector itself, before its class is changed; else the task will say so.
            boolean predecessor = reader.startsWith("Debezium")
                    || StreamSettings.applicationName(config.topicPrefix()).equals(reader);
            if (!predecessor) {
                error(
                        "slot.name",
                        "slot \"" + slot.name() + "\" is in use by pid " + slot.activePid() + " (" + reader
                                + "); one slot serves one connector: give another slot.name or end that reader");
            }
        }
    }

    /** Takes a finding: the key that has to change, and what to do. */
    @FunctionalInterface
    interface Findings {
        void error(String key, String message);
    }

    private void error(String key, String message) {
        for (ConfigValue value : result.configValues()) {
            if (value.name().equals(key)) {
                value.addErrorMessage(key + ": " + message);
                return;
            }
        }
    }
}
