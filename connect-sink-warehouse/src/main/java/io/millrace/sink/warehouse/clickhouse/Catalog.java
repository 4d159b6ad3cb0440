package io.millrace.sink.warehouse.clickhouse;

import com.clickhouse.client.api.query.GenericRecord;
import io.millrace.sink.destination.TableId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads the server's catalog, never cached.
 *
 * @see <a href="https://clickhouse.com/docs/operations/system-tables">System tables</a>
 */
final class Catalog {
    private static final String WINDOW = "non_replicated_deduplication_window";

    private final Server server;

    Catalog(Server server) {
        this.server = server;
    }

    /** {@code table} has its database. */
    Optional<LiveTable> find(TableId table) {
        List<GenericRecord> found = server.query(
                "SELECT engine, engine_full, comment, toInt64(ifNull(toInt64OrNull(extract(engine_full, '" + WINDOW
                        + " = ([0-9]+)')), (SELECT toInt64(value) FROM system.merge_tree_settings WHERE name = '"
                        + WINDOW + "'))) FROM system.tables WHERE " + is(table, "name"));
        if (found.isEmpty()) {
            return Optional.empty();
        }
        Map<String, LiveColumn> columns = new LinkedHashMap<>();
        for (GenericRecord row :
                server.query("SELECT name, type, default_kind, toInt32(is_in_sorting_key) FROM system.columns WHERE "
                        + is(table, "table") + " ORDER BY position")) {
            String name = row.getString(1);
            columns.put(name, new LiveColumn(name, row.getString(2), row.getString(3), row.getInteger(4) != 0));
        }
        GenericRecord row = found.get(0);
        return Optional.of(
                new LiveTable(table, row.getString(1), row.getString(2), row.getString(3), row.getLong(4), columns));
    }

    boolean hasDatabase(String database) {
        return !server.query("SELECT 1 FROM system.databases WHERE name = " + Sql.text(database))
                .isEmpty();
    }

    /** Names of tables of a database that begin so. */
    List<String> names(String database, String prefix) {
        return server
                .query("SELECT name FROM system.tables WHERE database = " + Sql.text(database)
                        + " AND startsWith(name, " + Sql.text(prefix) + ") ORDER BY name")
                .stream()
                .map(row -> row.getString(1))
                .toList();
    }

    /** The same of tables that were made or altered more than so many seconds ago. */
    List<String> oldNames(String database, String prefix, long seconds) {
        return server
                .query("SELECT name FROM system.tables WHERE database = " + Sql.text(database)
                        + " AND startsWith(name, " + Sql.text(prefix)
                        + ") AND metadata_modification_time < now() - " + seconds + " ORDER BY name")
                .stream()
                .map(row -> row.getString(1))
                .toList();
    }

    private static String is(TableId table, String column) {
        return "database = " + Sql.text(Sql.database(table)) + " AND " + column + " = " + Sql.text(table.name());
    }
}
