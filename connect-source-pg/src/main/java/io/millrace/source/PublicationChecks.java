package io.millrace.source;

import io.millrace.source.catalog.CatalogTable;
import io.millrace.source.catalog.Privileges;
import io.millrace.source.catalog.Publication;
import io.millrace.source.catalog.Publication.Autocreate;
import io.millrace.source.catalog.PublicationPreparation;
import io.millrace.source.catalog.Published;
import io.millrace.source.catalog.PublishedTable;
import io.millrace.source.catalog.ReplicaIdentities;
import io.millrace.source.catalog.RowFilters;
import io.millrace.source.catalog.Slot;
import io.millrace.source.catalog.TableId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.kafka.common.config.ConfigException;

/** Whether the publication, as it is or as it would be made, lets out what is captured. Reads only. */
final class PublicationChecks {
    private static final int COLUMN_LISTS = 15;
    private static final int GENERATED_COLUMNS = 18;
    private static final String NAME = "publication.name";

    private final CdcConfig config;
    private final Connection connection;
    private final LiveChecks.Findings findings;
    private final Publication publication;

    PublicationChecks(CdcConfig config, Connection connection, LiveChecks.Findings findings) {
        this.config = config;
        this.connection = connection;
        this.findings = findings;
        this.publication = new Publication(connection, config.publication());
    }

    void run(List<CatalogTable> tables, Privileges privileges) throws SQLException {
        ReplicaIdentities identities = ReplicaIdentities.read(connection);
        if (!versions()) {
            return;
        }
        rowFilters(tables, identities);
        List<PublishedTable> wanted;
        try {
            wanted = WantedTables.of(config, tables, identities);
        } catch (ConfigException e) {
            findings.error("publication.column.lists", String.valueOf(e.getMessage()));
            return;
        }
        Optional<Publication.Found> found = publication.find();
        if (config.autocreate() == Autocreate.FILTERED || config.autocreate() == Autocreate.ALL_TABLES) {
            unidentified(tables, identities);
        }
        if (found.isPresent()) {
            existing(found.orElseThrow(), wanted, privileges);
        } else {
            absent(wanted, privileges);
        }
    }

    /** What the server is too old for, and what a publication of others cannot be given. */
    private boolean versions() throws SQLException {
        int version = connection.getMetaData().getDatabaseMajorVersion();
        boolean filters = !config.rowFilters().isEmpty();
        if (version < COLUMN_LISTS && filters) {
            findings.error(
                    "row.filter",
                    "publications have conditions on rows from Postgres " + COLUMN_LISTS + " on; the server is "
                            + version
                            + ". Capture the whole table and filter by a transform, or use the query connector");
            return false;
        }
        if (version < COLUMN_LISTS && config.columnLists()) {
            findings.error(
                    "publication.column.lists",
                    "publications have column lists from Postgres " + COLUMN_LISTS + " on; the server is " + version
                            + ". column.exclude.list works without them, in the connector");
            return false;
        }
        if (version < GENERATED_COLUMNS && config.publicationOptions().generated()) {
            findings.error(
                    "publish.generated.columns",
                    "generated columns are published from Postgres " + GENERATED_COLUMNS + " on; the server is "
                            + version + ". Set it to none");
            return false;
        }
        if (config.autocreate() != Autocreate.FILTERED && (filters || config.columnLists())) {
            findings.error(
                    filters ? "row.filter" : "publication.column.lists",
                    "needs publication.autocreate.mode=filtered: with another mode the publication is not changed here,"
                            + " and what it says itself is followed");
            return false;
        }
        return true;
    }

    private void rowFilters(List<CatalogTable> tables, ReplicaIdentities identities) throws SQLException {
        RowFilters filters = config.rowFilters();
        Set<String> unknown = new TreeSet<>(filters.tables());
        for (CatalogTable table : tables) {
            String condition = filters.of(table.id());
            if (condition != null) {
                unknown.remove(table.id().toString());
                RowFilters.problem(connection, table.id(), condition, identities.of(table), true)
                        .ifPresent(problem -> findings.error("row.filter", problem));
            }
        }
        if (!unknown.isEmpty()) {
            findings.error("row.filter", unknown + " is not captured; names are schema.table, as the catalog has them");
        }
    }

    private void absent(List<PublishedTable> wanted, Privileges privileges) throws SQLException {
        List<PublishedTable> named = publication.named(wanted, config.viaRoot());
        if (Slot.find(connection, config.slot()).isPresent()) {
            findings.error(
                    NAME,
                    "slot \"" + config.slot() + "\" exists but publication \"" + config.publication()
                            + "\" does not, and one made now would not exist for the slot, which is older. Give the"
                            + " publication that the slot was used with, or drop the slot");
        } else if (config.autocreate() == Autocreate.DISABLED) {
            findings.error(
                    NAME,
                    "publication \"" + config.publication()
                            + "\" does not exist and publication.autocreate.mode is disabled; as the tables' owner run: "
                            + publication.creation(Autocreate.FILTERED, named, config.publicationOptions()));
        } else if (config.autocreate() == Autocreate.ALL_TABLES && !privileges.superuser()) {
            findings.error(
                    "publication.autocreate.mode",
                    "only a superuser may make a publication for all tables; let one run: "
                            + publication.creation(Autocreate.ALL_TABLES, named, config.publicationOptions())
                            + ", or set filtered");
        } else if (!privileges.mayPublish(ids(config.autocreate() == Autocreate.NO_TABLES ? List.of() : named))) {
            findings.error(
                    NAME,
                    "the role may not make publication \"" + config.publication()
                            + "\": that takes CREATE on the database and owning the tables. Let their owner run: "
                            + publication.creation(config.autocreate(), named, config.publicationOptions()));
        }
    }

    private void existing(Publication.Found found, List<PublishedTable> wanted, Privileges privileges)
            throws SQLException {
        silent(found);
        if (config.autocreate() == Autocreate.NO_TABLES) {
            return;
        }
        if (found.options().viaRoot() != config.viaRoot()) {
            findings.error(
                    "publish.via.partition.root",
                    "publication \"" + config.publication() + "\" has "
                            + found.options().viaRoot() + "; set the same, or let its owner run: "
                            + publication.setting("publish_via_partition_root = " + config.viaRoot()));
        }
        if (found.allTables() && (!config.rowFilters().isEmpty() || config.columnLists())) {
            findings.error(
                    config.rowFilters().isEmpty() ? "publication.column.lists" : "row.filter",
                    "publication \"" + config.publication()
                            + "\" is for all tables and cannot have conditions or column lists; give another"
                            + " publication.name");
        }
        if (config.publicationOptions().generated()
                && !found.options().generated()
                && config.autocreate() != Autocreate.FILTERED) {
            findings.error(
                    "publish.generated.columns",
                    "publication \"" + config.publication() + "\" does not publish them; let its owner run: "
                            + publication.setting("publish_generated_columns = stored"));
        }
        Published published = publication.published();
        List<PublishedTable> missing = PublicationPreparation.missing(wanted, published);
        List<PublishedTable> named = publication.named(missing, config.viaRoot());
        boolean mayAdd = config.autocreate() == Autocreate.FILTERED && privileges.mayPublish(ids(named));
        if (!missing.isEmpty() && !mayAdd) {
            findings.error(
                    NAME,
                    "publication \"" + config.publication() + "\" lacks " + TableChecks.some(ids(missing))
                            + ", whose changes would not be seen. Let its owner run: " + publication.addition(named));
        }
    }

    /** Tables whose own updates would fail from the moment that they are published here. */
    private void unidentified(List<CatalogTable> tables, ReplicaIdentities identities) throws SQLException {
        Published published = publication.published();
        Set<TableId> without = new LinkedHashSet<>();
        for (CatalogTable table : tables) {
            if (!published.includes(table.id()) && identities.of(table).isEmpty() && isChanged(table)) {
                without.add(table.id());
            }
        }
        if (!without.isEmpty()) {
            findings.error(
                    "table.include.list",
                    TableChecks.some(without) + " has no replica identity, and its rows are updated or deleted: once it"
                            + " is published the server refuses every UPDATE and DELETE of it. Give it a primary key, run"
                            + " ALTER TABLE " + without.iterator().next().quoted()
                            + " REPLICA IDENTITY FULL, or leave it out by table.exclude.list");
        }
    }

    /** By the server's statistics; a table that only grows needs no identity. */
    private boolean isChanged(CatalogTable table) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(
                "SELECT coalesce(n_tup_upd + n_tup_del, 0) > 0 FROM pg_catalog.pg_stat_all_tables WHERE relid = ?::oid")) {
            statement.setLong(1, Integer.toUnsignedLong(table.oid()));
            try (ResultSet row = statement.executeQuery()) {
                return row.next() && row.getBoolean(1);
            }
        }
    }

    /** Operations that it keeps to itself and that the configuration does not leave out. */
    private void silent(Publication.Found found) {
        Set<String> silent = new HashSet<>(found.silent());
        silent.removeAll(config.getList("skipped.operations"));
        if (!silent.isEmpty()) {
            findings.error(
                    NAME,
                    "publication \"" + config.publication() + "\" does not publish the operations " + silent
                            + ", which would not be seen; let its owner run: "
                            + publication.setting("publish = 'insert, update, delete, truncate'")
                            + ", or leave them out by skipped.operations");
        }
    }

    private static Set<TableId> ids(List<PublishedTable> tables) {
        return tables.stream().map(PublishedTable::table).collect(Collectors.toCollection(LinkedHashSet::new));
    }
}
