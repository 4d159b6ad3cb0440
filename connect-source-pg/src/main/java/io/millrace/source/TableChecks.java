package io.millrace.source;

import io.millrace.source.catalog.CatalogColumn;
import io.millrace.source.catalog.CatalogTable;
import io.millrace.source.catalog.Identifier;
import io.millrace.source.catalog.KeyColumns;
import io.millrace.source.catalog.Privileges;
import io.millrace.source.catalog.ReplicaIdentities;
import io.millrace.source.catalog.RowSecurity;
import io.millrace.source.catalog.TableFilter;
import io.millrace.source.catalog.TableId;
import io.millrace.source.snapshot.PartitionKeys;
import io.millrace.source.snapshot.Snapshots;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** What has to be right about the captured tables themselves. Reads only. */
final class TableChecks {
    private static final int MOST_NAMED = 5;

    private final CdcConfig config;
    private final Connection connection;
    private final LiveChecks.Findings findings;

    TableChecks(CdcConfig config, Connection connection, LiveChecks.Findings findings) {
        this.config = config;
        this.connection = connection;
        this.findings = findings;
    }

    /** @param views what is copied and not streamed */
    void run(List<CatalogTable> tables, List<CatalogTable> views, TableFilter filter, Privileges privileges)
            throws SQLException {
        if (tables.isEmpty()
                && views.isEmpty()
                && !config.getList("table.include.list").isEmpty()) {
            findings.error(
                    "table.include.list",
                    "matches no table of the database; names are schema.table, as the catalog has them");
        }
        List<CatalogTable> copied = new ArrayList<>(tables);
        copied.addAll(views);
        readable(copied, privileges);
        visible(copied, privileges);
        excludedKeys(copied, filter);
        keys(tables, views);
        partitionKeys(copied);
        views(views);
    }

    /** What cannot be streamed has to be copied, and more than once where the copy is interrupted. */
    private void views(List<CatalogTable> views) {
        for (CatalogTable view : views) {
            if (!config.copies()) {
                findings.error(
                        "table.include.list",
                        view.id() + " is a " + view.sort() + ", which cannot be streamed, and snapshot.mode="
                                + config.snapshotMode() + " copies nothing: leave it out");
            } else if (config.exactlyOnce() && !view.stored()) {
                findings.error("table.include.list", Snapshots.onceOnly(view));
            }
        }
    }

    /** Whether a table can be cut by the column that is asked for. */
    private void partitionKeys(List<CatalogTable> tables) throws SQLException {
        for (CatalogTable table : tables) {
            String column = config.partitionKeys().of(table.id());
            if (column == null) {
                continue;
            }
            if (table.columns().stream().noneMatch(one -> one.name().equals(column))) {
                findings.error(PartitionKeys.KEY, table.id() + " has no column " + column);
                continue;
            }
            try (Statement statement = connection.createStatement()) {
                String name = Identifier.quoted(column);
                statement.execute("SELECT " + name + " FROM " + table.id().quoted() + " ORDER BY " + name + " LIMIT 0");
            } catch (SQLException e) {
                if (!"42883".equals(e.getSQLState())) {
                    throw e;
                }
                findings.error(
                        PartitionKeys.KEY,
                        table.id() + "." + column + " has a type that cannot be sorted: name another column");
            }
        }
    }

    private void readable(List<CatalogTable> tables, Privileges privileges) throws SQLException {
        Set<TableId> denied =
                privileges.unreadable(tables.stream().map(CatalogTable::id).toList());
        if (!denied.isEmpty()) {
            String role = config.getString("database.user");
            findings.error(
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
    }

    /** What is only streamed comes from the WAL, which knows no policies. */
    private void visible(List<CatalogTable> tables, Privileges privileges) throws SQLException {
        Set<TableId> hidden = config.copies()
                ? privileges.hidden(tables.stream().map(CatalogTable::id).toList())
                : Set.of();
        if (!hidden.isEmpty()) {
            findings.error(
                    "table.include.list", some(hidden) + ": " + RowSecurity.remedy(config.getString("database.user")));
        }
    }

    private void excludedKeys(List<CatalogTable> tables, TableFilter filter) {
        String list = config.getList("column.include.list").isEmpty() ? "column.exclude.list" : "column.include.list";
        for (CatalogTable table : tables) {
            for (String column : key(table)) {
                if (!filter.includes(table.id(), column)) {
                    findings.error(
                            list, table.id() + "." + column + " is part of the table's key and cannot be left out");
                }
            }
        }
    }

    /** The key has to be told by every delete, and by every update that changes it. */
    private void keys(List<CatalogTable> tables, List<CatalogTable> views) throws SQLException {
        boolean used = views.stream().anyMatch(view -> !key(view).equals(view.key()));
        ReplicaIdentities identities = ReplicaIdentities.read(connection);
        for (CatalogTable table : tables) {
            List<String> key = key(table);
            boolean own = key.equals(table.key());
            used |= !own;
            if (own && table.replicaIdentity() != 'i') {
                // Either the identity has it, or the server refuses what would have to tell it.
                continue;
            }
            Set<String> untold = new TreeSet<>(key);
            untold.removeAll(identities.of(table));
            if (!untold.isEmpty() && config.streams()) {
                findings.error(
                        KeyColumns.KEY,
                        table.id() + " does not tell the old value of " + untold + " when a row is deleted or its key"
                                + " changes: as owner run: ALTER TABLE "
                                + table.id().quoted()
                                + " REPLICA IDENTITY FULL"
                                + (own ? "; or name the columns of its replica identity's index here as its key" : ""));
            }
        }
        if (!used && !config.getString(KeyColumns.KEY).isBlank()) {
            findings.error(
                    KeyColumns.KEY,
                    "matches no columns but those of keys that the tables have anyway; columns are written as"
                            + " schema.table:column,column");
        }
    }

    private List<String> key(CatalogTable table) {
        return config.keyColumns()
                .of(
                        table.id(),
                        table.columns().stream().map(CatalogColumn::name).toList(),
                        table.key());
    }

    static String some(Collection<TableId> tables) {
        String named = new TreeSet<>(tables.stream().map(TableId::toString).toList())
                .stream().limit(MOST_NAMED).collect(Collectors.joining(", "));
        return tables.size() > MOST_NAMED ? named + " and " + (tables.size() - MOST_NAMED) + " more" : named;
    }
}
