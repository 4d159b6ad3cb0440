package io.millrace.source;

import io.millrace.source.catalog.Catalog;
import io.millrace.source.catalog.CatalogColumn;
import io.millrace.source.catalog.CatalogTable;
import io.millrace.source.catalog.Database;
import io.millrace.source.catalog.Privileges;
import io.millrace.source.catalog.Publication;
import io.millrace.source.catalog.Slot;
import io.millrace.source.catalog.TableFilter;
import io.millrace.source.catalog.TableId;
import io.millrace.source.stream.StreamSettings;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.kafka.common.config.Config;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.ConfigValue;

/**
 * Compares a configuration with the live source before anything is changed: each finding is an error on the key that
 * has to change, with what to do. Reads only.
 */
final class LiveChecks {
    private static final int OLDEST_SERVER = 14;
    private static final int MOST_NAMED = 5;

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
        LiveChecks checks = new LiveChecks(config, result);
        try {
            checks.check(config.filter());
        } catch (ConfigException e) {
            checks.error("table.include.list", String.valueOf(e.getMessage()));
        }
        return result;
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
            tables(tables, filter, privileges);
            if (config.streams()) {
                replication(connection, privileges);
                publication(connection, tables, privileges);
                slot(connection, database, privileges);
            }
        } catch (SQLException e) {
            error(keyFor(e), "cannot use " + database + ": " + e.getMessage());
        }
    }

    private static String keyFor(SQLException e) {
        return switch (String.valueOf(e.getSQLState())) {
            case "28P01", "28000" -> "database.password";
            case "3D000" -> "database.dbname";
            case "42501" -> "database.user";
            default -> "database.hostname";
        };
    }

    private void tables(List<CatalogTable> tables, TableFilter filter, Privileges privileges) throws SQLException {
        if (tables.isEmpty() && !config.getList("table.include.list").isEmpty()) {
            error(
                    "table.include.list",
                    "matches no table of the database; names are schema.table, as the catalog has them");
        }
        Set<TableId> denied =
                privileges.unreadable(tables.stream().map(CatalogTable::id).toList());
        if (!denied.isEmpty()) {
            String role = config.getString("database.user");
            error(
                    "table.include.list",
                    "the role " + role + " may not read " + some(denied) + "; as owner run: GRANT USAGE ON SCHEMA "
                            + denied.stream().map(TableId::schema).distinct().collect(Collectors.joining(", "))
                            + " TO " + role + "; GRANT SELECT ON "
                            + denied.stream()
                                    .limit(MOST_NAMED)
                                    .map(TableId::quoted)
                                    .collect(Collectors.joining(", "))
                            + " TO " + role);
        }
        String list = config.getList("column.include.list").isEmpty() ? "column.exclude.list" : "column.include.list";
        for (CatalogTable table : tables) {
            for (CatalogColumn column : table.columns()) {
                if (table.key().contains(column.name()) && !filter.includes(table.id(), column.name())) {
                    error(
                            list,
                            table.id() + "." + column.name() + " is part of the table's key and cannot be left out");
                }
            }
        }
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

    private void publication(Connection connection, List<CatalogTable> tables, Privileges privileges)
            throws SQLException {
        Publication publication = new Publication(connection, config.publication());
        Set<TableId> wanted =
                tables.stream().map(CatalogTable::id).collect(Collectors.toCollection(java.util.LinkedHashSet::new));
        if (!publication.exists()) {
            if (Slot.find(connection, config.slot()).isPresent()) {
                error(
                        "publication.name",
                        "slot \"" + config.slot() + "\" exists but publication \"" + config.publication()
                                + "\" does not, and one made now would not exist for the slot, which is older. Give the"
                                + " publication that the slot was used with, or drop the slot");
            } else if (config.autocreate() == Publication.Autocreate.DISABLED) {
                error(
                        "publication.name",
                        "publication \"" + config.publication()
                                + "\" does not exist and publication.autocreate.mode is disabled; as the tables' owner"
                                + " run: "
                                + publication.statement(Publication.Autocreate.FILTERED, wanted, config.viaRoot()));
            } else if (!privileges.mayPublish(wanted)) {
                error(
                        "publication.name",
                        "the role may not make publication \"" + config.publication()
                                + "\": that takes CREATE on the database and owning the tables. Let their owner run: "
                                + publication.statement(config.autocreate(), wanted, config.viaRoot()));
            }
            return;
        }
        wanted.removeAll(publication.published());
        boolean mayAdd = config.autocreate() == Publication.Autocreate.FILTERED && privileges.mayPublish(wanted);
        if (!wanted.isEmpty() && !mayAdd) {
            error(
                    "publication.name",
                    "publication \"" + config.publication() + "\" lacks " + some(wanted)
                            + ", whose changes would not be seen. Let its owner run: " + publication.addition(wanted));
        }
    }

    private void slot(Connection connection, Database database, Privileges privileges) throws SQLException {
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
            if (!StreamSettings.applicationName(config.topicPrefix()).equals(reader)) {
                error(
                        "slot.name",
                        "slot \"" + slot.name() + "\" is in use by pid " + slot.activePid() + " (" + reader
                                + "); one slot serves one connector: give another slot.name or end that reader");
            }
        }
    }

    private static String some(Set<TableId> tables) {
        String named = new TreeSet<>(tables.stream().map(TableId::toString).toList())
                .stream().limit(MOST_NAMED).collect(Collectors.joining(", "));
        return tables.size() > MOST_NAMED ? named + " and " + (tables.size() - MOST_NAMED) + " more" : named;
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
