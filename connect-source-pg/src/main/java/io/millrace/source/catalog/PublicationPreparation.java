package io.millrace.source.catalog;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.apache.kafka.connect.errors.ConnectException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes or changes the publication as {@code publication.autocreate.mode} allows. Done before the slot is made: to the
 * slot, a publication younger than its point does not exist.
 */
public final class PublicationPreparation {
    private static final Logger LOG = LoggerFactory.getLogger(PublicationPreparation.class);

    private final Connection connection;
    private final Publication publication;
    private final Publication.Autocreate mode;
    private final PublicationOptions options;

    /** @param connection in autocommit */
    public PublicationPreparation(
            Connection connection, String name, Publication.Autocreate mode, PublicationOptions options) {
        this.connection = connection;
        this.publication = new Publication(connection, name);
        this.mode = mode;
        this.options = options;
    }

    /** Makes the publication hold the tables, as the mode allows; refuses when it does not and may not. */
    public void run(Collection<PublishedTable> tables) throws SQLException {
        Publication.Found found = publication.find().orElse(null);
        if (found == null) {
            List<PublishedTable> named = publication.named(tables, options.viaRoot());
            if (mode == Publication.Autocreate.DISABLED) {
                throw new ConnectException("publication.name: publication \"" + publication.name()
                        + "\" does not exist and publication.autocreate.mode is disabled; as the tables' owner run "
                        + publication.creation(Publication.Autocreate.FILTERED, named, options));
            }
            execute(publication.creation(mode, named, options));
            return;
        }
        if (found.options().viaRoot() != options.viaRoot() && mode != Publication.Autocreate.NO_TABLES) {
            throw new ConnectException("publish.via.partition.root: publication \"" + publication.name() + "\" has "
                    + (options.viaRoot() ? "not " : "") + "been made for rows by partition root; set"
                    + " publish.via.partition.root=" + found.options().viaRoot() + " or let its owner run "
                    + publication.setting("publish_via_partition_root = " + options.viaRoot()));
        }
        if (mode == Publication.Autocreate.FILTERED) {
            complete(tables, found);
        } else if (mode != Publication.Autocreate.NO_TABLES) {
            warn(tables);
        }
    }

    private void complete(Collection<PublishedTable> tables, Publication.Found found) throws SQLException {
        if (options.generated() && !found.options().generated()) {
            execute(publication.setting("publish_generated_columns = stored"));
        }
        Published published = publication.published();
        List<PublishedTable> missing = missing(tables, published);
        if (!missing.isEmpty()) {
            execute(publication.addition(publication.named(missing, options.viaRoot())));
        }
        for (PublishedTable table : tables) {
            if (!table.whole() && published.includes(table.table())) {
                replace(table, published);
            }
        }
    }

    private void warn(Collection<PublishedTable> tables) throws SQLException {
        List<PublishedTable> missing = missing(tables, publication.published());
        if (!missing.isEmpty()) {
            LOG.warn(
                    "Publication {} lacks {}: their changes will not be seen. Run {}",
                    publication.name(),
                    missing.stream().map(PublishedTable::table).toList(),
                    publication.addition(missing));
        }
    }

    /** Those of the tables that a publication does not publish. */
    public static List<PublishedTable> missing(Collection<PublishedTable> tables, Published published) {
        List<PublishedTable> missing = new ArrayList<>(tables);
        missing.removeIf(table -> published.includes(table.table()));
        return missing;
    }

    /**
     * Gives a published table the wanted columns and condition. How the server writes a condition is known only to the
     * server: so it is asked for, and what turns out to be the same as before is rolled back.
     */
    private void replace(PublishedTable table, Published before) throws SQLException {
        connection.setAutoCommit(false);
        try {
            if (publication.names(table.table())) {
                execute(publication.removal(table.table()));
            }
            execute(publication.addition(List.of(table)));
            if (same(table.table(), before, publication.published())) {
                connection.rollback();
            } else {
                connection.commit();
                LOG.info("Publication {} has now {}", publication.name(), table.ddl());
            }
        } finally {
            if (!connection.isClosed()) {
                connection.rollback();
                connection.setAutoCommit(true);
            }
        }
    }

    private static boolean same(TableId table, Published before, Published after) {
        Set<String> columns = before.columns(table);
        return Objects.equals(before.rows(table), after.rows(table)) && Objects.equals(columns, after.columns(table));
    }

    private void execute(String ddl) throws SQLException {
        LOG.info("{}", ddl);
        try (Statement statement = connection.createStatement()) {
            statement.execute(ddl);
        } catch (SQLException e) {
            String state = String.valueOf(e.getSQLState());
            if ("42501".equals(state)) {
                throw new ConnectException(
                        "publication.name: the role may not make or change publication \"" + publication.name()
                                + "\"; let the tables' owner run " + ddl + ": " + e.getMessage(),
                        e);
            }
            if (state.startsWith("42") || state.startsWith("0A") || state.startsWith("22")) {
                throw new ConnectException(
                        "row.filter, publication.name: the server refuses " + ddl + ": " + e.getMessage(), e);
            }
            throw e;
        }
    }
}
