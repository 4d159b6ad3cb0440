package io.millrace.sink.pg;

import io.millrace.sink.destination.Evolution;
import io.millrace.sink.destination.EvolutionPolicy;
import io.millrace.sink.destination.SourceColumn;
import io.millrace.sink.destination.SourceType;
import io.millrace.sink.destination.TableId;
import io.millrace.sink.destination.TableShape;
import io.millrace.sink.pg.encode.Encodings;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.apache.kafka.connect.errors.ConnectException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Carries out what {@link TablePlan} has decided; every statement can be run by several tasks at once. */
final class TableChanges {
    private static final Logger LOG = LoggerFactory.getLogger(TableChanges.class);

    private final Connection connection;
    private final TableShape wanted;
    private @Nullable LiveTable live;

    TableChanges(Connection connection, TableShape wanted) {
        this.connection = connection;
        this.wanted = wanted;
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
        Sql.checkTable(table);
        wanted.columns().forEach(column -> Sql.checkName(column.name(), "Table " + table + ": the column"));
        List<String> done = new ArrayList<>();
        Optional<LiveTable> found = Catalog.find(connection, table);
        if (found.isEmpty()) {
            if (!create) {
                throw new ConnectException("Table " + table + " does not exist and auto.create=false");
            }
            createSchema(done);
            run(TablePlan.create(wanted, types()).ddl(), done);
            found = Catalog.find(connection, table);
        }
        LiveTable current =
                found.orElseThrow(() -> new ConnectException("Table " + table + " was made and is gone again"));
        // Also after creating: another task may have been first, from an older schema.
        TablePlan plan = TablePlan.alter(wanted, current, policy, types());
        if (!plan.ddl().isEmpty()) {
            run(plan.ddl(), done);
            current = Catalog.find(connection, table).orElse(current);
            TablePlan.alter(wanted, current, policy, types());
        }
        live = current;
        return new Evolution(done, plan.ignored());
    }

    private void createSchema(List<String> done) throws SQLException {
        if (wanted.table().parts().size() < 2) {
            return;
        }
        String schema = wanted.table().parts().get(0);
        if (!Catalog.hasSchema(connection, schema)) {
            run(List.of("CREATE SCHEMA IF NOT EXISTS " + Sql.name(schema)), done);
        }
    }

    private void run(List<String> ddl, List<String> done) throws SQLException {
        for (String each : ddl) {
            try (Statement statement = connection.createStatement()) {
                statement.execute(each);
                done.add(each);
            } catch (SQLException e) {
                // IF NOT EXISTS does not wait for another session that is making the same thing.
                if (!Set.of("23505", "42P07", "42P06", "42701").contains(SqlErrors.state(e))) {
                    throw e;
                }
            }
        }
    }

    private Function<SourceColumn, String> types() {
        return column -> {
            try {
                return type(column);
            } catch (SQLException e) {
                throw SqlErrors.translate("The type of column " + column.name() + " cannot be looked up", e);
            }
        };
    }

    /** The source's type if the target has it and it holds what the records bring, else what the records bring. */
    private String type(SourceColumn column) throws SQLException {
        String form = Encodings.of(column).form();
        String builtIn = ColumnTypes.builtIn(column);
        if (builtIn != null && holds(column, form, builtIn)) {
            return builtIn;
        }
        SourceType type = column.type();
        String assumed = ColumnTypes.assumed(column, form);
        if (type == null) {
            LOG.info(
                    "Table {}, column \"{}\": the source does not tell its type; {} is assumed",
                    wanted.table(),
                    column.name(),
                    assumed);
            return assumed;
        }
        boolean array = type.name().startsWith("_");
        Optional<String> known = builtIn == null
                ? Catalog.findType(connection, array ? type.name().substring(1) : type.name())
                : Optional.empty();
        String suffix = array && known.isPresent() ? "[]" : "";
        if (known.isPresent() && holds(column, form, known.orElseThrow() + suffix)) {
            return known.orElseThrow() + suffix;
        }
        LOG.warn(
                "Table {}, column \"{}\": the target has no type {} for it, {} is used",
                wanted.table(),
                column.name(),
                column.describe(),
                assumed);
        return assumed;
    }

    /** Asks the server for the type's parts, by its name as it would be created. */
    private boolean holds(SourceColumn column, String form, String type) throws SQLException {
        Optional<LiveColumn> probe = Catalog.probe(connection, column.name(), type);
        return probe.isPresent() && Fit.judge(column, form, probe.orElseThrow()).fits();
    }
}
