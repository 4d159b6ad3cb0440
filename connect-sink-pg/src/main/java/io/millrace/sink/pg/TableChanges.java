package io.millrace.sink.pg;

import io.millrace.sink.destination.Evolution;
import io.millrace.sink.destination.EvolutionPolicy;
import io.millrace.sink.destination.SourceColumn;
import io.millrace.sink.destination.TableId;
import io.millrace.sink.destination.TableShape;
import io.millrace.sink.pg.TargetTypes.Making;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.kafka.connect.errors.ConnectException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Carries out what {@link TablePlan} has decided; every statement can be run by several tasks at once. */
final class TableChanges {
    private static final Logger LOG = LoggerFactory.getLogger(TableChanges.class);

    private final Connection connection;
    private final TableShape wanted;
    private final boolean makeTypes;
    private final Indexes indexes;
    private @Nullable LiveTable live;
    private Supplier<Set<TableId>> mirrored = Set::of;

    /** {@code makeTypes}: extension types and enums that the target lacks are made; {@code makeIndexes}: a new table gets the source's. */
    TableChanges(Connection connection, TableShape wanted, boolean makeTypes, boolean makeIndexes) {
        this.indexes = makeIndexes ? Indexes.of(wanted) : Indexes.none(wanted.table());
        this.connection = connection;
        this.wanted = wanted;
        this.makeTypes = makeTypes;
    }

    /** Foreign keys between this table and those that are written too are to be refused. */
    void refuseTies(Supplier<Set<TableId>> tables) {
        mirrored = tables;
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
        TargetTypes made = new TargetTypes(connection, table, makeTypes ? Making.YES : Making.NO);
        Function<SourceColumn, String> types = types(made);
        List<String> done = new ArrayList<>();
        Optional<LiveTable> found = Catalog.find(connection, table);
        if (found.isEmpty()) {
            if (!create) {
                throw absent();
            }
            if (lacksSchema()) {
                run(List.of(createSchemaSql()), done);
            }
            done.addAll(indexes.create(
                    connection, TablePlan.create(wanted, types).ddl().get(0)));
            found = Catalog.find(connection, table);
        }
        LiveTable current =
                found.orElseThrow(() -> new ConnectException("Table " + table + " was made and is gone again"));
        checkTies(current);
        // Also after creating: another task may have been first, from an older schema.
        TablePlan plan = TablePlan.alter(wanted, current, policy, types);
        if (!plan.ddl().isEmpty()) {
            run(plan.ddl(), done);
            current = Catalog.find(connection, table).orElse(current);
            TablePlan.alter(wanted, current, policy, types);
        }
        if (wish(plan.wishes(), done)) {
            current = Catalog.find(connection, table).orElse(current);
        }
        run(EnumLabels.missing(connection, wanted, current, policy), done);
        done.addAll(0, made.ddl());
        live = current;
        return new Evolution(done, plan.ignored(), plan.doubts());
    }

    /** What {@link #carryOut} would run; nothing is changed. */
    Evolution plan(EvolutionPolicy policy, boolean create) throws SQLException {
        TableId table = wanted.table();
        checkNames();
        TargetTypes made = new TargetTypes(connection, table, makeTypes ? Making.PLAN : Making.NO);
        Optional<LiveTable> found = Catalog.find(connection, table);
        if (found.isPresent()) {
            checkTies(found.orElseThrow());
            TablePlan plan = TablePlan.alter(wanted, found.orElseThrow(), policy, types(made));
            List<String> ddl = new ArrayList<>(plan.ddl());
            ddl.addAll(plan.wishes());
            ddl.addAll(0, made.ddl());
            ddl.addAll(EnumLabels.missing(connection, wanted, found.orElseThrow(), policy));
            return new Evolution(ddl, plan.ignored(), plan.doubts());
        }
        if (!create) {
            throw absent();
        }
        List<String> ddl = new ArrayList<>();
        if (lacksSchema()) {
            ddl.add(createSchemaSql());
        }
        List<String> statements = TablePlan.create(wanted, types(made)).ddl();
        ddl.addAll(made.ddl());
        ddl.addAll(statements);
        ddl.addAll(indexes.statements());
        return new Evolution(ddl, Set.of());
    }

    private void checkNames() {
        Sql.checkTable(wanted.table());
        wanted.columns().forEach(column -> Sql.checkName(column.name(), "Table " + wanted.table() + ": the column"));
    }

    private ConnectException absent() {
        return new ConnectException("Table " + wanted.table() + " does not exist and auto.create=false");
    }

    private void checkTies(LiveTable current) {
        if (current.ties().isEmpty()) {
            return;
        }
        Set<TableId> written = mirrored.get();
        for (LiveTable.Tie tie : current.ties()) {
            if (tie.names().stream().anyMatch(written::contains)) {
                throw new ConnectException("Table " + wanted.table() + ": the foreign key \"" + tie.constraint()
                        + "\" ties it to " + tie.other()
                        + ", which is written too, and nothing orders the changes of rows in different places: drop it, or set "
                        + PostgresSinkConfig.SESSION_REPLICATION_ROLE + "=replica");
            }
        }
    }

    private boolean lacksSchema() throws SQLException {
        return wanted.table().parts().size() > 1
                && !Catalog.hasSchema(connection, wanted.table().parts().get(0));
    }

    private String createSchemaSql() {
        return "CREATE SCHEMA IF NOT EXISTS " + Sql.name(wanted.table().parts().get(0));
    }

    private void run(List<String> ddl, List<String> done) throws SQLException {
        for (String each : ddl) {
            if (Ddl.run(connection, each)) {
                done.add(each);
            }
        }
    }

    /** What a view, for example, forbids is left as it is; whether anything was done. */
    private boolean wish(List<String> wishes, List<String> done) throws SQLException {
        int before = done.size();
        for (String each : wishes) {
            try {
                run(List.of(each), done);
            } catch (SQLException e) {
                if (SqlErrors.isConnection(e) || SqlErrors.isLock(e)) {
                    throw e;
                }
                LOG.warn(
                        "Table {}: a column stays as short as it is, and longer values are refused: {} ({})",
                        wanted.table(),
                        e.getMessage(),
                        each);
            }
        }
        return done.size() > before;
    }

    private Function<SourceColumn, String> types(TargetTypes types) {
        return column -> {
            try {
                return types.of(column);
            } catch (SQLException e) {
                throw SqlErrors.translate("The type of column " + column.name() + " cannot be looked up", e);
            }
        };
    }
}
