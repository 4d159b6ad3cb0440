package io.millrace.source.catalog;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Set;

/** What the session's role may do, and what the server is set to. Reads only. */
public final class Privileges {
    private final Connection connection;

    public Privileges(Connection connection) {
        this.connection = connection;
    }

    /** Those of the tables that the role cannot select every column of. */
    public Set<TableId> unreadable(Collection<TableId> tables) throws SQLException {
        return where(
                tables,
                "NOT (pg_catalog.has_schema_privilege(n.oid, 'USAGE') AND pg_catalog.has_table_privilege(c.oid, 'SELECT'))");
    }

    /** Those of the tables, or of which a partition, has rows that a policy hides from the role. */
    public Set<TableId> hidden(Collection<TableId> tables) throws SQLException {
        return where(
                tables,
                "pg_catalog.row_security_active(c.oid) OR EXISTS (SELECT FROM pg_catalog.pg_partition_tree(c.oid) p"
                        + " WHERE pg_catalog.row_security_active(p.relid::oid))");
    }

    /** Whether the role could make a publication of the tables: it owns them and may create in the database. */
    public boolean mayPublish(Collection<TableId> tables) throws SQLException {
        return is("pg_catalog.has_database_privilege(current_database(), 'CREATE')")
                && where(tables, "NOT pg_catalog.pg_has_role(c.relowner, 'USAGE')")
                        .isEmpty();
    }

    public boolean superuser() throws SQLException {
        return is("(SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user)");
    }

    /** REPLICATION, superuser, or the role by which a managed service grants it. */
    public boolean replicates() throws SQLException {
        return is("(SELECT rolsuper OR rolreplication FROM pg_catalog.pg_roles WHERE rolname = current_user)"
                + " OR EXISTS (SELECT 1 FROM pg_catalog.pg_roles"
                + " WHERE rolname IN ('rds_replication', 'cloudsqlsuperuser', 'azure_pg_admin', 'alloydbsuperuser')"
                + " AND pg_catalog.pg_has_role(current_user, oid, 'MEMBER'))");
    }

    public String setting(String name) throws SQLException {
        return text("SELECT pg_catalog.current_setting(?)", name);
    }

    public int freeSlots() throws SQLException {
        return Integer.parseInt(text(
                "SELECT (current_setting(?)::int - (SELECT count(*) FROM pg_catalog.pg_replication_slots))::text",
                "max_replication_slots"));
    }

    /** The application name of a server process, or a question mark. */
    public String applicationOf(int pid) throws SQLException {
        return text(
                "SELECT coalesce((SELECT application_name FROM pg_catalog.pg_stat_activity WHERE pid = ?::int), '?')",
                Integer.toString(pid));
    }

    private boolean is(String condition) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("SELECT " + condition);
                ResultSet row = statement.executeQuery()) {
            row.next();
            return row.getBoolean(1);
        }
    }

    private String text(String query, String argument) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(query)) {
            statement.setString(1, argument);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getString(1);
            }
        }
    }

    private Set<TableId> where(Collection<TableId> tables, String condition) throws SQLException {
        Set<TableId> found = new LinkedHashSet<>();
        String query = "SELECT n.nspname, c.relname FROM pg_catalog.pg_class c"
                + " JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
                + " JOIN unnest(?::text[], ?::text[]) AS w(s, t) ON n.nspname = w.s AND c.relname = w.t WHERE "
                + condition + " ORDER BY 1, 2";
        try (PreparedStatement statement = connection.prepareStatement(query)) {
            statement.setArray(
                    1,
                    connection.createArrayOf(
                            "text", tables.stream().map(TableId::schema).toArray()));
            statement.setArray(
                    2,
                    connection.createArrayOf(
                            "text", tables.stream().map(TableId::name).toArray()));
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    found.add(new TableId(rows.getString(1), rows.getString(2)));
                }
            }
        }
        return found;
    }
}
