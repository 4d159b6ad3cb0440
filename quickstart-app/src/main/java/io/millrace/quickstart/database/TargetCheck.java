package io.millrace.quickstart.database;

import io.millrace.quickstart.QuickstartException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Whether a user's database can be mirrored into, looked at before anything is started or changed.
 *
 * @param source the user's source, or null when it is one that we make
 */
public record TargetCheck(DatabaseAddress target, @Nullable DatabaseAddress source) {
    public void run(List<Relation> tables) {
        try (Connection connection = Reach.connect("target", target);
                Statement statement = connection.createStatement()) {
            if (answer(
                    statement,
                    "SELECT pg_is_in_recovery() OR current_setting('default_transaction_read_only')::bool")) {
                throw new QuickstartException("The target " + target + " is read-only: name a primary");
            }
            if (source != null && sameDatabase(connection, source)) {
                throw new QuickstartException("Source and target are the same database: name another one to copy into");
            }
            for (String schema :
                    new TreeSet<>(tables.stream().map(Relation::schema).toList())) {
                checkSchema(connection, statement, schema);
            }
            for (Relation table : tables) {
                checkEmpty(connection, statement, table);
            }
        } catch (SQLException e) {
            throw new QuickstartException("Looking at the target failed: " + e.getMessage(), e);
        }
    }

    /** Takes away what the target remembers of a mirror whose topics are gone: it would refuse new topics of that name. */
    public void forget(String sink) {
        try (Connection connection = target.connect()) {
            if (text(connection, "SELECT to_regclass('millrace_ledger') IS NOT NULL")
                    .equals("t")) {
                try (var delete = connection.prepareStatement("DELETE FROM millrace_ledger WHERE ledger_id = ?")) {
                    delete.setString(1, sink);
                    delete.executeUpdate();
                }
            }
        } catch (SQLException e) {
            throw new QuickstartException("Cleaning millrace_ledger in the target failed: " + e.getMessage(), e);
        }
    }

    /** Schemas that the source has and the target has not. */
    public void createSchemas(List<Relation> tables) {
        try (Connection connection = target.connect();
                Statement statement = connection.createStatement()) {
            for (String schema :
                    new TreeSet<>(tables.stream().map(Relation::schema).toList())) {
                statement.execute("CREATE SCHEMA IF NOT EXISTS " + Relation.quote(schema));
            }
        } catch (SQLException e) {
            throw new QuickstartException("Creating schemas in the target failed: " + e.getMessage(), e);
        }
    }

    private static boolean sameDatabase(Connection connection, DatabaseAddress source) throws SQLException {
        // Start time and data directory may be hidden; the address of a database seen from itself is its name and oid.
        String question = "SELECT pg_postmaster_start_time() || ' ' || oid FROM pg_database"
                + " WHERE datname = current_database()";
        try (Connection other = source.connect()) {
            return text(connection, question).equals(text(other, question));
        }
    }

    private void checkSchema(Connection connection, Statement statement, String schema) throws SQLException {
        boolean exists = text(connection, "SELECT to_regnamespace(" + literal(Relation.quote(schema)) + ") IS NOT NULL")
                .equals("t");
        String privilege = exists
                ? "SELECT has_schema_privilege(" + literal(schema) + ", 'CREATE')"
                : "SELECT has_database_privilege(current_database(), 'CREATE')";
        if (!answer(statement, privilege)) {
            throw new QuickstartException("Role " + target.user()
                    + " may not create tables in the target: GRANT CREATE ON "
                    + (exists ? "SCHEMA " + Relation.quote(schema) : "DATABASE " + Relation.quote(target.name()))
                    + " TO " + Relation.quote(target.user()));
        }
    }

    private static void checkEmpty(Connection connection, Statement statement, Relation table) throws SQLException {
        if (text(connection, "SELECT to_regclass(" + literal(table.sql()) + ") IS NOT NULL")
                        .equals("t")
                && answer(statement, "SELECT EXISTS (SELECT FROM " + table.sql() + ")")) {
            throw new QuickstartException("The target has rows in " + table + " already: name an empty database");
        }
    }

    private static boolean answer(Statement statement, String question) throws SQLException {
        try (var row = statement.executeQuery(question)) {
            return row.next() && row.getBoolean(1);
        }
    }

    private static String text(Connection connection, String question) throws SQLException {
        try (var statement = connection.createStatement();
                var row = statement.executeQuery(question)) {
            row.next();
            return String.valueOf(row.getString(1));
        }
    }

    private static String literal(String text) {
        return "'" + text.replace("'", "''") + "'";
    }
}
