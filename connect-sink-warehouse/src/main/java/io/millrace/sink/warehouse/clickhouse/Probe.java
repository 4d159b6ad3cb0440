package io.millrace.sink.warehouse.clickhouse;

import com.clickhouse.client.api.query.GenericRecord;
import io.millrace.sink.SinkConfig;
import io.millrace.sink.SinkSettings;
import io.millrace.sink.TargetTables;
import io.millrace.sink.destination.EvolutionPolicy;
import io.millrace.sink.destination.TableId;
import io.millrace.sink.warehouse.Warehouse;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.errors.RetriableException;
import org.jspecify.annotations.Nullable;

/** Looks at the server that the settings name, and at those of its tables that they name. Changes nothing. */
final class Probe {
    /** The first year and month in which tombstones, deletes by rows and replacing by versions were all there. */
    private static final int OLDEST = 23 * 100 + 8;

    /** Error codes of authentication. */
    private static final Set<String> DENIED = Set.of("Code: 516", "Code: 193", "Code: 192");

    private final Server server;
    private final Catalog catalog;
    private final SinkSettings settings;
    private final List<Warehouse.Problem> problems = new ArrayList<>();

    Probe(Server server, SinkSettings settings) {
        this.server = server;
        this.settings = settings;
        catalog = new Catalog(server);
    }

    List<Warehouse.Problem> run(Collection<String> topics) {
        try {
            List<GenericRecord> answer = server.query("SELECT version()");
            if (answer.isEmpty()) {
                problem(ClickHouseWarehouse.URL, "answers, but not as ClickHouse does");
                return problems;
            }
            String version = answer.get(0).getString(1);
            if (number(version) < OLDEST) {
                problem(ClickHouseWarehouse.URL, "the server is ClickHouse " + version + ", and 23.8 is needed");
                return problems;
            }
            database();
            tables(topics);
        } catch (RetriableException e) {
            problem(ClickHouseWarehouse.URL, "cannot be reached: " + e.getMessage());
        } catch (ConnectException e) {
            String message = String.valueOf(e.getMessage());
            boolean denied = DENIED.stream().anyMatch(message::contains);
            problem(denied ? ClickHouseWarehouse.PASSWORD : ClickHouseWarehouse.URL, message);
        }
        return problems;
    }

    /** Year and month of a version, such as 2508 of 25.8.1.1. */
    static int number(String version) {
        String[] parts = version.split("\\.", -1);
        boolean numbers = parts.length > 1 && parts[0].matches("\\d{1,4}") && parts[1].matches("\\d{1,4}");
        return numbers ? Integer.parseInt(parts[0]) * 100 + Integer.parseInt(parts[1]) : Integer.MAX_VALUE;
    }

    private void database() {
        String database = server.settings().database();
        if (!catalog.hasDatabase(database)) {
            problem(
                    ClickHouseWarehouse.DATABASE,
                    "there is no database " + database + ", or the user may not see it: CREATE DATABASE "
                            + Sql.name(database));
        }
    }

    private void tables(Collection<String> topics) {
        for (TableId table : TargetTables.of(settings, topics)) {
            try {
                Sql.checkTable(table);
            } catch (ConnectException e) {
                boolean mapped = settings.tables().containsValue(table);
                problem(mapped ? SinkConfig.TABLE_MAP : SinkConfig.TABLE_NAME_FORMAT, String.valueOf(e.getMessage()));
                continue;
            }
            TableId written = Sql.in(server.settings().database(), TargetTables.written(settings, table));
            Optional<LiveTable> live = catalog.find(written);
            if (live.isPresent()) {
                compare(written, live.orElseThrow());
            } else if (!settings.create()) {
                problem(SinkConfig.AUTO_CREATE, "table " + written + " does not exist, and auto.create=false");
            }
        }
    }

    private void compare(TableId table, LiveTable live) {
        ClickHouseSettings own = server.settings();
        boolean keyed = settings.append() == null && !settings.overwrite();
        if (keyed && !live.replaces(own.versionColumn(), own.deletedColumn())) {
            problem(
                    SinkConfig.INSERT_MODE,
                    "table " + table + " has the engine " + live.engine()
                            + ", and an upsert needs ReplacingMergeTree(" + own.versionColumn() + ", "
                            + own.deletedColumn() + ")");
        }
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
                "Bool");
        column(table, live, SinkConfig.DELETED_AT_COLUMN, settings.bookkeeping().deletedAt(), TablePlan.INSTANT);
        column(table, live, SinkConfig.SYNCED_AT_COLUMN, settings.bookkeeping().syncedAt(), TablePlan.INSTANT);
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
        } else if (column != null && !Fit.same(column.base(), type)) {
            problem(
                    key,
                    "column \"" + name + "\" of table " + table + " is " + column.type() + " and has to be " + type);
        }
    }

    private void problem(String key, String message) {
        problems.add(new Warehouse.Problem(key, message));
    }
}
