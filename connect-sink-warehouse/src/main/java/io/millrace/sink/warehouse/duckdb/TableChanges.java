package io.millrace.sink.warehouse.duckdb;

import io.millrace.sink.destination.Evolution;
import io.millrace.sink.destination.EvolutionPolicy;
import io.millrace.sink.destination.TableId;
import io.millrace.sink.destination.TableShape;
import io.millrace.sink.warehouse.duckdb.encode.Mappings;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.connect.errors.ConnectException;
import org.jspecify.annotations.Nullable;

/** Carries out what {@link TablePlan} has decided; what another task has just done is not done again. */
final class TableChanges {
    private final Connection connection;
    private final TableShape wanted;
    private final Mappings types;
    private @Nullable LiveTable live;

    TableChanges(Connection connection, TableShape wanted, Mappings types) {
        this.connection = connection;
        this.wanted = wanted;
        this.types = types;
    }

    /** The table after {@link #carryOut}. */
    LiveTable live() {
        if (live == null) {
            throw new IllegalStateException("Nothing was carried out");
        }
        return live;
    }

    Evolution carryOut(EvolutionPolicy policy, boolean create) throws SQLException {
        TableId table = wanted.table();
        checkNames();
        List<String> done = new ArrayList<>();
        String catalog = Catalog.database(connection);
        TablePlan creation = new TablePlan(catalog, wanted, types).create();
        Optional<LiveTable> found = Catalog.find(connection, table);
        if (found.isEmpty()) {
            refuseUnless(create);
            run(schema(catalog), done);
            run(creation.ddl(), done);
            found = Catalog.find(connection, table);
        }
        LiveTable current =
                found.orElseThrow(() -> new ConnectException("Table " + table + " was made and is gone again"));
        // Also after creating: another task may have been first, from an older schema.
        TablePlan plan = new TablePlan(catalog, wanted, types).alter(current, policy);
        if (!plan.ddl().isEmpty()) {
            run(plan.ddl(), done);
            current = Catalog.find(connection, table).orElse(current);
            new TablePlan(catalog, wanted, types).alter(current, policy);
        }
        live = current;
        return new Evolution(done, plan.ignored(), plan.doubts());
    }

    /** What {@link #carryOut} would do. */
    Evolution plan(EvolutionPolicy policy, boolean create) throws SQLException {
        checkNames();
        String catalog = Catalog.database(connection);
        TablePlan plan = new TablePlan(catalog, wanted, types);
        Optional<LiveTable> found = Catalog.find(connection, wanted.table());
        if (found.isPresent()) {
            plan.alter(found.orElseThrow(), policy);
            return new Evolution(plan.ddl(), plan.ignored(), plan.doubts());
        }
        refuseUnless(create);
        List<String> ddl = new ArrayList<>(schema(catalog));
        ddl.addAll(plan.create().ddl());
        return new Evolution(ddl, plan.ignored(), plan.doubts());
    }

    private void checkNames() {
        Sql.checkTable(wanted.table());
        wanted.columns().forEach(column -> Sql.checkName(column.name(), "Table " + wanted.table() + ": the column"));
    }

    private void refuseUnless(boolean create) {
        if (!create) {
            throw new ConnectException("Table " + wanted.table() + " does not exist and auto.create=false");
        }
    }

    /** What makes the table's schema, if it is not there. */
    private List<String> schema(String catalog) throws SQLException {
        String schema = Sql.schema(wanted.table());
        Optional<String> found = Catalog.findSchema(connection, schema);
        if (found.isEmpty()) {
            return List.of("CREATE SCHEMA IF NOT EXISTS " + Sql.name(catalog) + "." + Sql.name(schema));
        }
        if (!found.orElseThrow().equals(schema)) {
            throw new ConnectException(
                    "Table " + wanted.table() + ": the database has the schema "
                            + found.orElseThrow()
                            + ", and DuckDB does not tell names apart by case; give it another name by table.map or table.name.format");
        }
        return List.of();
    }

    private void run(List<String> ddl, List<String> done) throws SQLException {
        for (String each : ddl) {
            try (Statement statement = connection.createStatement()) {
                statement.execute(each);
                done.add(each);
            }
        }
    }
}
