package io.millrace.source.catalog;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.connect.errors.ConnectException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The publication that says what the slot decodes. Made or extended before the slot is made: to the slot, a publication
 * younger than its point does not exist.
 *
 * @see <a href="https://www.postgresql.org/docs/current/sql-createpublication.html">CREATE PUBLICATION</a>
 */
public final class Publication {
    private static final Logger LOG = LoggerFactory.getLogger(Publication.class);

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

    /** Makes the publication hold the tables, as the mode allows; refuses when it does not and may not. */
    public void prepare(Autocreate mode, Collection<TableId> tables, boolean viaRoot) throws SQLException {
        if (!exists()) {
            if (mode == Autocreate.DISABLED) {
                throw new ConnectException("publication.name: publication \"" + name
                        + "\" does not exist and publication.autocreate.mode is disabled; as the tables' owner run "
                        + statement(Autocreate.FILTERED, tables, viaRoot));
            }
            execute(statement(mode, tables, viaRoot));
            return;
        }
        if (mode == Autocreate.NO_TABLES) {
            return;
        }
        Set<TableId> missing = new LinkedHashSet<>(tables);
        missing.removeAll(published());
        if (missing.isEmpty()) {
            return;
        }
        if (mode != Autocreate.FILTERED) {
            LOG.warn(
                    "Publication {} lacks {}: their changes will not be seen. Run {}",
                    name,
                    missing,
                    addition(missing));
            return;
        }
        execute(addition(missing));
    }

    public boolean exists() throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("SELECT 1 FROM pg_catalog.pg_publication WHERE pubname = ?")) {
            statement.setString(1, name);
            try (ResultSet rows = statement.executeQuery()) {
                return rows.next();
            }
        }
    }

    /** The tables whose rows it publishes: leaves, or roots when it publishes by partition root. */
    public Set<TableId> published() throws SQLException {
        Set<TableId> tables = new HashSet<>();
        try (PreparedStatement statement = connection.prepareStatement(
                "SELECT schemaname, tablename FROM pg_catalog.pg_publication_tables WHERE pubname = ?")) {
            statement.setString(1, name);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    tables.add(new TableId(rows.getString(1), rows.getString(2)));
                }
            }
        }
        return tables;
    }

    /** The DDL that makes it. */
    public String statement(Autocreate mode, Collection<TableId> tables, boolean viaRoot) {
        String what =
                switch (mode) {
                    case ALL_TABLES -> " FOR ALL TABLES";
                    case NO_TABLES -> "";
                    default -> tables.isEmpty() ? "" : " FOR TABLE " + list(tables);
                };
        return "CREATE PUBLICATION " + Identifier.quoted(name) + what
                + (viaRoot ? " WITH (publish_via_partition_root = true)" : "");
    }

    /** The DDL that adds tables to it. */
    public String addition(Collection<TableId> tables) {
        return "ALTER PUBLICATION " + Identifier.quoted(name) + " ADD TABLE " + list(tables);
    }

    private static String list(Collection<TableId> tables) {
        return tables.stream().map(TableId::quoted).collect(Collectors.joining(", "));
    }

    private void execute(String ddl) throws SQLException {
        LOG.info("{}", ddl);
        try (Statement statement = connection.createStatement()) {
            statement.execute(ddl);
        } catch (SQLException e) {
            if ("42501".equals(e.getSQLState())) {
                throw new ConnectException(
                        "publication.name: the role may not make or change publication \"" + name
                                + "\"; let the tables' owner run " + ddl + ": " + e.getMessage(),
                        e);
            }
            throw e;
        }
    }
}
