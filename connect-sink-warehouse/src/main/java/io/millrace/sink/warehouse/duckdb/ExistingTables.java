package io.millrace.sink.warehouse.duckdb;

import io.millrace.sink.SinkConfig;
import io.millrace.sink.SinkSettings;
import io.millrace.sink.TargetTables;
import io.millrace.sink.destination.EvolutionPolicy;
import io.millrace.sink.destination.TableId;
import io.millrace.sink.warehouse.Warehouse;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.connect.errors.ConnectException;
import org.jspecify.annotations.Nullable;

/** Compares the tables that the settings name with those of the file. What only records tell is left for them. */
final class ExistingTables {
    private final Connection connection;
    private final SinkSettings settings;
    private final List<Warehouse.Problem> problems = new ArrayList<>();

    ExistingTables(Connection connection, SinkSettings settings) {
        this.connection = connection;
        this.settings = settings;
    }

    List<Warehouse.Problem> check(Collection<String> topics) throws SQLException {
        for (TableId table : TargetTables.of(settings, topics)) {
            try {
                Sql.checkTable(table);
            } catch (ConnectException e) {
                boolean mapped = settings.tables().containsValue(table);
                problem(mapped ? SinkConfig.TABLE_MAP : SinkConfig.TABLE_NAME_FORMAT, String.valueOf(e.getMessage()));
                continue;
            }
            TableId written = TargetTables.written(settings, table);
            Optional<LiveTable> live = Catalog.find(connection, written);
            if (live.isPresent()) {
                compare(written, live.orElseThrow());
            } else if (!settings.create()) {
                problem(SinkConfig.AUTO_CREATE, "table " + written + " does not exist, and auto.create=false");
            }
        }
        return problems;
    }

    private void compare(TableId table, LiveTable live) {
        for (String field : settings.key().fields()) {
            if (!live.columns().containsKey(field)) {
                problem(SinkConfig.PRIMARY_KEY_FIELDS, "table " + table + " has no column \"" + field + "\"");
            }
        }
        column(
                table,
                live,
                SinkConfig.SOFT_DELETE_COLUMN,
                settings.bookkeeping().softDelete(),
                "BOOLEAN");
        String instant = "TIMESTAMP WITH TIME ZONE";
        column(table, live, SinkConfig.DELETED_AT_COLUMN, settings.bookkeeping().deletedAt(), instant);
        column(table, live, SinkConfig.SYNCED_AT_COLUMN, settings.bookkeeping().syncedAt(), instant);
    }

    private void column(TableId table, LiveTable live, String key, @Nullable String name, String type) {
        if (name == null) {
            return;
        }
        LiveColumn column = live.columns().get(name);
        boolean adds =
                settings.evolution() == EvolutionPolicy.ADD || settings.evolution() == EvolutionPolicy.ADD_AND_WIDEN;
        if (column == null && !adds) {
            problem(key, "table " + table + " has no column \"" + name + "\", and schema.evolution does not add it");
        } else if (column != null && !column.type().equals(type)) {
            problem(
                    key,
                    "column \"" + name + "\" of table " + table + " is " + column.type() + " and has to be " + type);
        }
    }

    private void problem(String key, String message) {
        problems.add(new Warehouse.Problem(key, message));
    }
}
