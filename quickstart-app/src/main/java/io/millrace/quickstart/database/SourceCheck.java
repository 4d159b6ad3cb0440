package io.millrace.quickstart.database;

import io.millrace.quickstart.QuickstartException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** Whether a user's database can be mirrored, looked at before anything is started or changed. */
public record SourceCheck(DatabaseAddress source, String slot, String publication) {
    /** The tables to mirror: all ordinary ones with a primary key. {@code without} lists those that have none. */
    public record Tables(List<Relation> keyed, List<Relation> without) {}

    public Tables run() {
        try (Connection connection = Reach.connect("source", source);
                Statement statement = connection.createStatement()) {
            refuseIf(
                    statement,
                    "SELECT current_setting('wal_level') <> 'logical'",
                    "The source has wal_level other than logical: set wal_level = logical in postgresql.conf and restart it");
            refuseIf(
                    statement,
                    """
                    SELECT NOT (rolsuper OR rolreplication OR EXISTS (SELECT FROM pg_roles r
                        WHERE r.rolname IN ('rds_replication', 'cloudsqlreplica', 'azure_pg_admin')
                        AND pg_has_role(current_user, r.oid, 'member')))
                    FROM pg_roles WHERE rolname = current_user""",
                    "Role " + source.user() + " may not replicate: ALTER ROLE " + Relation.quote(source.user())
                            + " REPLICATION (or GRANT rds_replication on RDS)");
            refuseIf(
                    statement,
                    "SELECT NOT has_database_privilege(current_database(), 'CREATE')",
                    "Role " + source.user() + " may not create a publication: GRANT CREATE ON DATABASE "
                            + Relation.quote(source.name()) + " TO " + Relation.quote(source.user()));
            refuseIf(
                    statement,
                    "SELECT (SELECT count(*) FROM pg_replication_slots) >= current_setting('max_replication_slots')::int",
                    "The source has no free replication slot: raise max_replication_slots or drop an unused one");
            refuseIf(
                    statement,
                    "SELECT EXISTS (SELECT FROM pg_replication_slots WHERE slot_name = '" + slot + "')",
                    "The source has a slot " + slot + " already, left by another quickstart: SELECT"
                            + " pg_drop_replication_slot('" + slot + "')");
            refuseIf(
                    statement,
                    "SELECT EXISTS (SELECT FROM pg_publication WHERE pubname = '" + publication + "')",
                    "The source has a publication " + publication + " already, left by another quickstart: DROP"
                            + " PUBLICATION " + publication);
            return tables(statement);
        } catch (SQLException e) {
            throw new QuickstartException("Looking at the source failed: " + e.getMessage(), e);
        }
    }

    private Tables tables(Statement statement) throws SQLException {
        List<Relation> keyed = new ArrayList<>();
        List<Relation> without = new ArrayList<>();
        try (var rows = statement.executeQuery(
                """
                SELECT n.nspname, c.relname, has_table_privilege(c.oid, 'SELECT'),
                    EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid AND i.indisprimary),
                    pg_has_role(c.relowner, 'USAGE')
                FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relpersistence = 'p'
                    AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\\_%'
                ORDER BY 1, 2""")) {
            while (rows.next()) {
                Relation table = new Relation(rows.getString(1), rows.getString(2));
                if (!rows.getBoolean(4)) {
                    without.add(table);
                    continue;
                }
                if (!rows.getBoolean(3)) {
                    throw new QuickstartException("Role " + source.user() + " may not read " + table
                            + ": GRANT SELECT ON " + table.sql() + " TO " + Relation.quote(source.user()));
                }
                if (!rows.getBoolean(5)) {
                    throw new QuickstartException("Role " + source.user() + " does not own " + table
                            + ", which Postgres wants for adding it to a publication: grant it the owner's role");
                }
                keyed.add(table);
            }
        }
        if (keyed.isEmpty()) {
            throw new QuickstartException(source + " has no table with a primary key");
        }
        return new Tables(keyed, without);
    }

    private static void refuseIf(Statement statement, String question, String message) throws SQLException {
        try (var row = statement.executeQuery(question)) {
            if (row.next() && row.getBoolean(1)) {
                throw new QuickstartException(message);
            }
        }
    }
}
