package io.millrace.source.stream;

import io.millrace.source.catalog.Database;
import io.millrace.source.record.RereadQuery;
import io.millrace.source.record.TableSchema;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.apache.kafka.connect.data.Struct;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * When a key changes, pgoutput sends a TOAST value that did not change as unchanged under the new key, which no target
 * has. It is read again from the source by the new key; what is found may be newer, and then its own event follows.
 */
final class Rereader {
    private static final Logger LOG = LoggerFactory.getLogger(Rereader.class);

    private final Database database;

    Rereader(Database database) {
        this.database = database;
    }

    /** Puts the values into the row. False when the row is gone or cannot be found by its key: the placeholder stays. */
    boolean complete(TableSchema schema, Struct row) throws SQLException {
        @Nullable RereadQuery query = RereadQuery.of(schema, row);
        if (query == null) {
            LOG.warn("The key of {} has a type by which unchanged TOAST values are not read again", schema.table());
            return false;
        }
        try (Connection connection = database.connect("millrace");
                PreparedStatement statement = connection.prepareStatement(query.sql())) {
            query.bind(statement);
            try (ResultSet found = statement.executeQuery()) {
                return found.next() && query.fill(found, row);
            }
        } catch (SQLException e) {
            if (e.getSQLState() != null && e.getSQLState().startsWith("42")) {
                LOG.warn("Table {} has changed since; an unchanged TOAST value stays unknown", schema.table());
                return false;
            }
            throw e;
        }
    }
}
