package io.millrace.sink.warehouse.clickhouse;

import io.millrace.sink.destination.Evolution;
import io.millrace.sink.destination.EvolutionPolicy;
import io.millrace.sink.destination.TableId;
import io.millrace.sink.destination.TableShape;
import io.millrace.sink.warehouse.clickhouse.encode.Mappings;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.connect.errors.ConnectException;
import org.jspecify.annotations.Nullable;

/** Carries out what {@link TablePlan} has decided; what another task has just done is not done again. */
final class TableChanges {
    private final Server server;
    private final Catalog catalog;
    private final TableShape wanted;
    private final Mappings types;
    private @Nullable LiveTable live;

    /** {@code wanted}: of a table with its database. */
    TableChanges(Server server, TableShape wanted, Mappings types) {
        this.server = server;
        this.wanted = wanted;
        this.types = types;
        catalog = new Catalog(server);
    }

    /** The table after {@link #carryOut}. */
    LiveTable live() {
        if (live == null) {
            throw new IllegalStateException("Nothing was carried out");
        }
        return live;
    }

    /** {@code viewed}: with a view of the current rows, where the settings name one. */
    Evolution carryOut(EvolutionPolicy policy, boolean create, boolean viewed) {
        TableId table = wanted.table();
        List<String> done = new ArrayList<>();
        TablePlan creation = plan().create();
        Optional<LiveTable> found = catalog.find(table);
        if (found.isEmpty()) {
            refuseUnless(create);
            run(database(), done);
            run(creation.ddl(), done);
            found = catalog.find(table);
        }
        LiveTable current =
                found.orElseThrow(() -> new ConnectException("Table " + table + " was made and is gone again"));
        // Also after creating: another task may have been first, from an older schema.
        TablePlan plan = plan().alter(current, policy);
        if (!plan.ddl().isEmpty()) {
            run(plan.ddl(), done);
            current = catalog.find(table).orElse(current);
            plan().alter(current, policy);
        }
        if (viewed && create && !wanted.key().isEmpty()) {
            run(view(current), done);
        }
        live = current;
        return new Evolution(done, plan.ignored(), plan.doubts());
    }

    /** What {@link #carryOut} would do. */
    Evolution planned(EvolutionPolicy policy, boolean create) {
        TablePlan plan = plan();
        Optional<LiveTable> found = catalog.find(wanted.table());
        if (found.isPresent()) {
            plan.alter(found.orElseThrow(), policy);
            return new Evolution(plan.ddl(), plan.ignored(), plan.doubts());
        }
        refuseUnless(create);
        List<String> ddl = new ArrayList<>(database());
        ddl.addAll(plan.create().ddl());
        return new Evolution(ddl, plan.ignored(), plan.doubts());
    }

    private TablePlan plan() {
        return new TablePlan(wanted, server.settings(), types);
    }

    private void refuseUnless(boolean create) {
        if (!create) {
            throw new ConnectException("Table " + wanted.table() + " does not exist and auto.create=false");
        }
    }

    private List<String> database() {
        String database = Sql.database(wanted.table());
        return catalog.hasDatabase(database)
                ? List.of()
                : List.of("CREATE DATABASE IF NOT EXISTS " + Sql.name(database));
    }

    /** What makes the view show all columns, if it does not. */
    private List<String> view(LiveTable table) {
        ClickHouseSettings settings = server.settings();
        if (settings.viewEnding().isEmpty()) {
            return List.of();
        }
        TableId view = Sql.beside(wanted.table(), wanted.table().name() + settings.viewEnding());
        Optional<LiveTable> found = catalog.find(view);
        if (found.isPresent() && !found.orElseThrow().isView()) {
            throw new ConnectException("Table " + wanted.table() + ": the view of its current rows would be called "
                    + view + ", and there is a table of this name; change " + ClickHouseWarehouse.VIEW_ENDING);
        }
        List<String> shown = ViewSql.shown(table, settings);
        boolean current = found.isPresent()
                && new HashSet<>(found.orElseThrow().columns().keySet()).equals(new HashSet<>(shown))
                && found.orElseThrow().columns().values().stream()
                        .allMatch(column -> column.type().equals(type(table, column.name())));
        return current ? List.of() : List.of(ViewSql.current(view, table, settings));
    }

    private static @Nullable String type(LiveTable table, String name) {
        LiveColumn column = table.columns().get(name);
        return column == null ? null : column.type();
    }

    private void run(List<String> ddl, List<String> done) {
        for (String each : ddl) {
            server.execute(each);
            done.add(each);
        }
    }
}
