package io.millrace.sink.warehouse.snowflake;

import io.millrace.sink.destination.Evolution;
import io.millrace.sink.destination.EvolutionPolicy;
import io.millrace.sink.destination.TableShape;
import io.millrace.sink.warehouse.snowflake.encode.Mappings;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.connect.errors.ConnectException;
import org.jspecify.annotations.Nullable;

/** Carries out what {@link TablePlan} has decided; what another task has just done is not done again. */
final class TableChanges {
    private final Connection connection;
    private final SnowflakeSettings settings;
    private final TableShape wanted;
    private final Mappings mappings;
    private @Nullable LiveTable live;

    TableChanges(Connection connection, SnowflakeSettings settings, TableShape wanted, Mappings mappings) {
        this.connection = connection;
        this.settings = settings;
        this.wanted = wanted;
        this.mappings = mappings;
    }

    /** The table after {@link #carryOut}. */
    LiveTable live() {
        if (live == null) {
            throw new IllegalStateException("Nothing was carried out");
        }
        return live;
    }

    Evolution carryOut(EvolutionPolicy policy, boolean create) throws SQLException {
        List<String> done = new ArrayList<>();
        TablePlan creation = plan().create();
        Optional<LiveTable> found = find();
        if (found.isEmpty()) {
            refuseUnless(create);
            run(schema(), done);
            run(creation.ddl(), done);
            found = find();
        }
        LiveTable current = found.orElseThrow(
                () -> new ConnectException("Table " + wanted.table() + " was made and is gone again"));
        // Also after creating: another task may have been first, from an older schema.
        TablePlan plan = plan().alter(current, policy);
        if (!plan.ddl().isEmpty()) {
            run(plan.ddl(), done);
            current = find().orElse(current);
            plan().alter(current, policy);
        }
        live = current;
        return new Evolution(done, plan.ignored(), plan.doubts());
    }

    /** What {@link #carryOut} would do. */
    Evolution planned(EvolutionPolicy policy, boolean create) throws SQLException {
        TablePlan plan = plan();
        Optional<LiveTable> found = find();
        if (found.isPresent()) {
            plan.alter(found.orElseThrow(), policy);
            return new Evolution(plan.ddl(), plan.ignored(), plan.doubts());
        }
        refuseUnless(create);
        List<String> ddl = new ArrayList<>(schema());
        ddl.addAll(plan.create().ddl());
        return new Evolution(ddl, plan.ignored(), plan.doubts());
    }

    private TablePlan plan() {
        return new TablePlan(wanted, mappings, settings.place(), settings.orderedLog());
    }

    private Optional<LiveTable> find() throws SQLException {
        return Catalog.find(connection, settings.place().sql(wanted.table()));
    }

    private List<String> schema() throws SQLException {
        String schema = settings.place().schema(wanted.table());
        return Catalog.hasSchema(connection, settings.place(), schema)
                ? List.of()
                : List.of(settings.place().createSchema(schema));
    }

    private void refuseUnless(boolean create) {
        if (!create) {
            throw new ConnectException("Table " + wanted.table() + " does not exist and auto.create=false");
        }
    }

    private void run(List<String> ddl, List<String> done) throws SQLException {
        for (String each : ddl) {
            Statements.execute(connection, each);
            done.add(each);
        }
    }
}
