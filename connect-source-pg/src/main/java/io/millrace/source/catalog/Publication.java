package io.millrace.source.catalog;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The publication that says what the slot decodes: what it is, and the DDL that makes and changes it.
 *
 * @see <a href="https://www.postgresql.org/docs/current/sql-createpublication.html">CREATE PUBLICATION</a>
 */
public final class Publication {
    private static final int COLUMN_LISTS = 15;
    private static final int GENERATED_COLUMNS = 18;

    /** Before 18 generated columns are listed though they never come in the stream. */
    private static final String NOT_GENERATED = "(SELECT COALESCE(pg_catalog.array_agg(n), '{}')::text[]"
            + " FROM pg_catalog.unnest(attnames) AS n WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_attribute a"
            + " WHERE a.attrelid = pg_catalog.format('%I.%I', schemaname, tablename)::regclass"
            + " AND a.attname = n AND a.attgenerated <> ''))";

    private final Connection connection;
    private final String name;

    /** @param connection in autocommit */
    public Publication(Connection connection, String name) {
        this.connection = connection;
        this.name = name;
    }

    /** What {@code publication.autocreate.mode} asks for. */
    public enum Autocreate {
        DISABLED,
        FILTERED,
        ALL_TABLES,
        NO_TABLES
    }

    /**
     * A publication as it is.
     *
     * @param silent the operations, by their codes c, u, d and t, that it does not publish
     */
    public record Found(boolean allTables, PublicationOptions options, Set<String> silent) {
        public Found {
            silent = Set.copyOf(silent);
        }
    }

    public String name() {
        return name;
    }

    public boolean exists() throws SQLException {
        return find().isPresent();
    }

    public Optional<Found> find() throws SQLException {
        String generated = version() >= GENERATED_COLUMNS ? "pubgencols = 's'" : "false";
        try (PreparedStatement statement =
                connection.prepareStatement("SELECT puballtables, pubviaroot, " + generated + ", ARRAY_REMOVE(ARRAY["
                        + "CASE WHEN NOT pubinsert THEN 'c' END, CASE WHEN NOT pubupdate THEN 'u' END,"
                        + " CASE WHEN NOT pubdelete THEN 'd' END, CASE WHEN NOT pubtruncate THEN 't' END], NULL)"
                        + " FROM pg_catalog.pg_publication WHERE pubname = ?")) {
            statement.setString(1, name);
            try (ResultSet row = statement.executeQuery()) {
                return row.next()
                        ? Optional.of(new Found(
                                row.getBoolean(1),
                                new PublicationOptions(row.getBoolean(2), row.getBoolean(3)),
                                Set.of((String[]) row.getArray(4).getArray())))
                        : Optional.empty();
            }
        }
    }

    /** The tables whose rows it publishes (leaves, or roots when it publishes by partition root), and what of them. */
    public Published published() throws SQLException {
        String details = version() >= GENERATED_COLUMNS
                ? "attnames::text[], rowfilter"
                : version() >= COLUMN_LISTS ? NOT_GENERATED + ", rowfilter" : "NULL::text[], NULL";
        Map<TableId, Published.Entry> tables = new HashMap<>();
        try (PreparedStatement statement = connection.prepareStatement("SELECT schemaname, tablename, " + details
                + " FROM pg_catalog.pg_publication_tables WHERE pubname = ?")) {
            statement.setString(1, name);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    tables.put(
                            new TableId(rows.getString(1), rows.getString(2)),
                            new Published.Entry(columns(rows.getArray(3)), rows.getString(4)));
                }
            }
        }
        return new Published(tables);
    }

    /**
     * The conditions on rows as the connection's own snapshot shows them: what the stream goes by from that point on.
     * {@link #published} shows them as of now, in every snapshot.
     */
    public Map<TableId, String> conditions() throws SQLException {
        Map<TableId, String> conditions = new HashMap<>();
        if (version() < COLUMN_LISTS) {
            return conditions;
        }
        try (PreparedStatement statement = connection.prepareStatement(
                """
                SELECT n.nspname, c.relname, pg_catalog.pg_get_expr(r.prqual, r.prrelid)
                FROM pg_catalog.pg_publication_rel r JOIN pg_catalog.pg_publication p ON p.oid = r.prpubid
                JOIN pg_catalog.pg_class c ON c.oid = r.prrelid
                JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
                WHERE p.pubname = ? AND r.prqual IS NOT NULL AND NOT EXISTS
                    (SELECT FROM pg_catalog.pg_publication_namespace s
                     WHERE s.pnpubid = p.oid AND s.pnnspid = c.relnamespace)""")) {
            statement.setString(1, name);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    conditions.put(new TableId(rows.getString(1), rows.getString(2)), rows.getString(3));
                }
            }
        }
        return conditions;
    }

    /**
     * The OIDs of the entries by which it names each table, or one that the table is a partition of: others when it was taken
     * out and added again. Where it publishes all tables, or all of a schema, the table's own OID: another one when a table
     * took the name of an earlier one. Takes no locks.
     */
    public Map<TableId, Set<Long>> entries() throws SQLException {
        Map<TableId, Set<Long>> entries = new HashMap<>();
        String bySchema = version() >= COLUMN_LISTS
                ? " OR c.relnamespace IN (SELECT s.pnnspid FROM pg_catalog.pg_publication_namespace s WHERE s.pnpubid = p.oid)"
                : "";
        try (PreparedStatement statement = connection.prepareStatement(
                """
                WITH RECURSIVE p AS (SELECT oid, puballtables FROM pg_catalog.pg_publication WHERE pubname = ?),
                e(oid, relid) AS (
                    SELECT r.oid, r.prrelid FROM pg_catalog.pg_publication_rel r JOIN p ON p.oid = r.prpubid
                    UNION ALL
                    SELECT e.oid, i.inhrelid FROM e JOIN pg_catalog.pg_inherits i ON i.inhparent = e.relid
                    JOIN pg_catalog.pg_class c ON c.oid = i.inhrelid AND c.relispartition),
                every(oid, relid) AS (
                    SELECT oid, relid FROM e
                    UNION ALL
                    SELECT c.oid, c.oid FROM p JOIN pg_catalog.pg_class c ON c.relkind IN ('r', 'p')
                    AND (p.puballtables%s))
                SELECT n.nspname, c.relname, every.oid::int8 FROM every JOIN pg_catalog.pg_class c ON c.oid = every.relid
                JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"""
                        .formatted(bySchema))) {
            statement.setString(1, name);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    entries.computeIfAbsent(
                                    new TableId(rows.getString(1), rows.getString(2)), ignored -> new HashSet<>())
                            .add(rows.getLong(3));
                }
            }
        }
        return entries;
    }

    private static @Nullable Set<String> columns(@Nullable Array names) throws SQLException {
        return names == null ? null : Set.of((String[]) names.getArray());
    }

    /** Whether it names the table itself, rather than its root, its schema or all tables. */
    public boolean names(TableId table) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(
                """
                SELECT 1 FROM pg_catalog.pg_publication_rel r
                JOIN pg_catalog.pg_publication p ON p.oid = r.prpubid
                JOIN pg_catalog.pg_class c ON c.oid = r.prrelid
                JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
                WHERE p.pubname = ? AND n.nspname = ? AND c.relname = ?""")) {
            statement.setString(1, name);
            statement.setString(2, table.schema());
            statement.setString(3, table.name());
            try (ResultSet row = statement.executeQuery()) {
                return row.next();
            }
        }
    }

    /** What it has to name to publish these tables, leaves that are attached later included. */
    public List<PublishedTable> named(Collection<PublishedTable> wanted, boolean viaRoot) throws SQLException {
        return viaRoot ? List.copyOf(wanted) : PartitionRoots.named(List.copyOf(wanted), leaves());
    }

    private List<PartitionRoots.Leaf> leaves() throws SQLException {
        List<PartitionRoots.Leaf> leaves = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(
                        """
                        SELECT n.nspname, c.relname, rn.nspname, r.relname
                        FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
                        JOIN pg_catalog.pg_class r ON r.oid = pg_catalog.pg_partition_root(c.oid)
                        JOIN pg_catalog.pg_namespace rn ON rn.oid = r.relnamespace
                        WHERE c.relispartition AND c.relkind = 'r' ORDER BY 1, 2""");
                ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                leaves.add(new PartitionRoots.Leaf(
                        new TableId(rows.getString(1), rows.getString(2)),
                        new TableId(rows.getString(3), rows.getString(4))));
            }
        }
        return leaves;
    }

    private int version() throws SQLException {
        return connection.getMetaData().getDatabaseMajorVersion();
    }

    /** The DDL that makes it. */
    public String creation(Autocreate mode, Collection<PublishedTable> tables, PublicationOptions options) {
        String what =
                switch (mode) {
                    case ALL_TABLES -> " FOR ALL TABLES";
                    case NO_TABLES -> "";
                    default -> tables.isEmpty() ? "" : " FOR TABLE " + list(tables);
                };
        return "CREATE PUBLICATION " + Identifier.quoted(name) + what + options.ddl();
    }

    /** The DDL that adds tables to it. */
    public String addition(Collection<PublishedTable> tables) {
        return altered() + "ADD TABLE " + list(tables);
    }

    /** The DDL that takes a table out of it. */
    public String removal(TableId table) {
        return altered() + "DROP TABLE " + table.quoted();
    }

    /** The DDL that sets an option. */
    public String setting(String option) {
        return altered() + "SET (" + option + ")";
    }

    private String altered() {
        return "ALTER PUBLICATION " + Identifier.quoted(name) + " ";
    }

    private static String list(Collection<PublishedTable> tables) {
        return tables.stream().map(PublishedTable::ddl).collect(Collectors.joining(", "));
    }
}
