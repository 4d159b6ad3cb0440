package io.millrace.sink.pg;

import io.millrace.sink.SinkConfig;
import io.millrace.sink.SinkSettings;
import io.millrace.sink.TargetTables;
import io.millrace.sink.destination.Bookkeeping;
import io.millrace.sink.destination.EvolutionPolicy;
import io.millrace.sink.destination.TableId;
import io.millrace.sink.fold.FoldRules;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.connect.errors.ConnectException;
import org.jspecify.annotations.Nullable;

/** Compares the target's tables with what the settings ask of them, as far as topics and settings tell which they are. */
final class ExistingTables {
    private final Connection connection;
    private final SinkSettings settings;
    private final boolean replica;
    private final OverwriteSettings overwrite;
    private final List<Problem> problems = new ArrayList<>();

    /** What does not fit, and the key to look at. */
    record Problem(String key, String message) {}

    ExistingTables(Connection connection, SinkSettings settings, boolean replica, OverwriteSettings overwrite) {
        this.overwrite = overwrite;
        this.connection = connection;
        this.settings = settings;
        this.replica = replica;
    }

    List<Problem> check(List<String> topics) throws SQLException {
        Set<TableId> tables = TargetTables.of(settings, topics);
        for (TableId table : tables) {
            try {
                Sql.checkTable(table);
            } catch (ConnectException e) {
                String key =
                        settings.tables().containsValue(table) ? SinkConfig.TABLE_MAP : SinkConfig.TABLE_NAME_FORMAT;
                problem(key, String.valueOf(e.getMessage()));
                continue;
            }
            Optional<LiveTable> live = Catalog.find(connection, table);
            if (live.isPresent()) {
                compare(table, live.orElseThrow(), tables);
            } else {
                absent(table);
            }
        }
        return problems;
    }

    private void absent(TableId table) throws SQLException {
        if (!settings.create()) {
            problem(SinkConfig.AUTO_CREATE, "table " + table + " does not exist, and auto.create=false");
            return;
        }
        boolean named = table.parts().size() > 1;
        String schema = named ? Sql.text(table.parts().get(0)) : "current_schema()";
        boolean allowed = named && !Catalog.hasSchema(connection, table.parts().get(0))
                ? ask("has_database_privilege(current_database(), 'CREATE')")
                : ask("has_schema_privilege(" + schema + ", 'CREATE')");
        if (!allowed) {
            problem(
                    SinkConfig.AUTO_CREATE,
                    "table " + table
                            + " does not exist, and the role may not create it: GRANT CREATE ON SCHEMA, or make it beforehand");
        }
    }

    private void compare(TableId table, LiveTable live, Set<TableId> all) throws SQLException {
        privileges(table);
        if (ask("row_security_active(" + Sql.text(Sql.table(table)) + ")")) {
            problem(
                    PostgresSinkConfig.USERNAME,
                    "a row-level security policy of table " + table
                            + " applies to the role, which would pass over rows:"
                            + " ALTER ROLE ... BYPASSRLS, or make it the owner without FORCE ROW LEVEL SECURITY");
        }
        if (!settings.fold().append()) {
            key(table, live);
        }
        if (settings.overwrite()) {
            overwrites(table, live);
        }
        Bookkeeping added = settings.bookkeeping();
        column(table, live, SinkConfig.SOFT_DELETE_COLUMN, added.softDelete(), Set.of("bool"));
        column(table, live, SinkConfig.DELETED_AT_COLUMN, added.deletedAt(), Set.of("timestamptz"));
        column(table, live, SinkConfig.SYNCED_AT_COLUMN, added.syncedAt(), Set.of("timestamptz"));
        for (LiveTable.Tie tie : live.ties()) {
            if (!replica && tie.names().stream().anyMatch(all::contains)) {
                problem(
                        PostgresSinkConfig.SESSION_REPLICATION_ROLE,
                        "the foreign key \"" + tie.constraint() + "\" ties " + table + " to " + tie.other()
                                + ", and nothing orders the changes of two tables: drop it or set replica");
            }
        }
    }

    private void key(TableId table, LiveTable live) {
        List<String> fields = settings.key().fields();
        List<String> missing = fields.stream()
                .filter(field -> !live.columns().containsKey(field))
                .toList();
        if (!missing.isEmpty()) {
            problem(SinkConfig.PRIMARY_KEY_FIELDS, "table " + table + " has no column " + String.join(", ", missing));
        } else if (!fields.isEmpty() && !live.isUnique(fields)) {
            problem(
                    SinkConfig.PRIMARY_KEY_FIELDS,
                    "table " + table + " has no primary key or unique constraint on exactly ("
                            + String.join(", ", fields) + ")");
        } else if (live.unique().isEmpty()) {
            problem(
                    SinkConfig.INSERT_MODE,
                    "table " + table + " has no primary key or unique constraint, which upserts need");
        }
    }

    private void overwrites(TableId table, LiveTable live) throws SQLException {
        String schema = table.parts().size() > 1 ? Sql.text(table.parts().get(0)) : "current_schema()";
        if (!ask("has_schema_privilege(" + schema + ", 'CREATE')")) {
            problem(
                    SinkConfig.INSERT_MODE,
                    "copies of table " + table + " are gathered in a table beside it, and the role may not create one:"
                            + " GRANT CREATE ON SCHEMA");
        }
        PartitionSwap partitions = new PartitionSwap(connection);
        String name = Sql.table(table);
        String refusal =
                switch (overwrite.strategy()) {
                    case DIFF -> null;
                    case SWEEP -> live.unique().isEmpty() ? "it has no key to tell rows apart by; use diff" : null;
                    case PARTITION -> partitions.refusal(name);
                    case TRUNCATE ->
                        overwrite.cascade() || partitions.referring(name) == null
                                ? null
                                : "the foreign key \"" + partitions.referring(name)
                                        + "\" refers to it; use diff, or set " + OverwriteSettings.CASCADE
                                        + "=true to empty the other table too";
                };
        if (refusal != null) {
            problem(OverwriteSettings.STRATEGY, "table " + table + " cannot be replaced this way: " + refusal);
        }
    }

    private void column(TableId table, LiveTable live, String key, @Nullable String name, Set<String> types) {
        if (name == null) {
            return;
        }
        LiveColumn column = live.columns().get(name);
        boolean adds =
                settings.evolution() == EvolutionPolicy.ADD || settings.evolution() == EvolutionPolicy.ADD_AND_WIDEN;
        if (column == null && !adds) {
            problem(key, "table " + table + " has no column \"" + name + "\", and schema.evolution does not add it");
        } else if (column != null && !types.contains(column.base())) {
            problem(
                    key,
                    "column \"" + name + "\" of table " + table + " is " + column.type() + " and has to be "
                            + (types.contains("bool") ? "boolean" : "timestamp with time zone"));
        }
    }

    private void privileges(TableId table) throws SQLException {
        List<String> needed = new ArrayList<>(List.of("INSERT"));
        if (!settings.fold().append()) {
            needed.addAll(List.of("SELECT", "UPDATE"));
            if (settings.fold().deletes() == FoldRules.Deletes.HARD) {
                needed.add("DELETE");
            }
        }
        String columns = needed.stream()
                .map(each -> "has_table_privilege(" + Sql.text(Sql.table(table)) + ", '" + each + "')")
                .collect(Collectors.joining(", "));
        List<String> lacking = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT " + columns)) {
            row.next();
            for (int i = 0; i < needed.size(); i++) {
                if (!row.getBoolean(i + 1)) {
                    lacking.add(needed.get(i));
                }
            }
        }
        if (!lacking.isEmpty()) {
            problem(
                    PostgresSinkConfig.USERNAME,
                    "the role lacks a privilege: GRANT " + String.join(", ", lacking) + " ON " + table);
        }
    }

    private boolean ask(String condition) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT " + condition)) {
            return rows.next() && rows.getBoolean(1);
        }
    }

    private void problem(String key, String message) {
        problems.add(new Problem(key, message));
    }
}
