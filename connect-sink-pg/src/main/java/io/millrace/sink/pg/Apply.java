package io.millrace.sink.pg;

import io.millrace.sink.destination.Advance;
import io.millrace.sink.destination.Outcome;
import io.millrace.sink.destination.Staged;
import io.millrace.sink.destination.TableId;
import io.millrace.sink.sql.Step;
import io.millrace.sink.sql.Tally;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** One transaction in one message: fence, every table's statements, ledger. */
final class Apply {
    private final Connection connection;
    private final Ledger ledger;
    private final Function<TableId, LiveTable> live;

    Apply(Connection connection, Ledger ledger, Function<TableId, LiveTable> live) {
        this.connection = connection;
        this.ledger = ledger;
        this.live = live;
    }

    Outcome commit(List<Staged> staged, List<Advance> advances) throws SQLException {
        List<Step> steps = new ArrayList<>();
        steps.add(Step.none("BEGIN"));
        if (!advances.isEmpty()) {
            steps.add(Step.none(ledger.fence(advances)));
        }
        for (Staged each : staged) {
            if (each.batch().columns().isEmpty()) {
                steps.add(Step.none(ApplySql.truncateIfThere(each.batch().table())));
            } else {
                steps.addAll(sql(each).steps());
            }
            if (!each.handle().isEmpty()) {
                steps.add(Step.none("TRUNCATE " + each.handle()));
            }
        }
        if (!advances.isEmpty()) {
            steps.add(Step.none(ledger.advance(advances)));
        }
        steps.add(Step.none("COMMIT"));
        Tally tally = run(steps);
        return tally.applied(staged);
    }

    /** Runs a batch's statements and rolls them back: null when they would do, else the error. */
    @Nullable
    SQLException tryOut(Staged staged) throws SQLException {
        StringBuilder sql = new StringBuilder("BEGIN");
        sql(staged).steps().forEach(step -> sql.append(";\n").append(step.sql()));
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql.append(";\nROLLBACK").toString());
            return null;
        } catch (SQLException e) {
            if (SqlErrors.isConnection(e)) {
                throw e;
            }
            statementless("ROLLBACK");
            return e;
        }
    }

    /** The patches that have no row, after the transaction that found them missing has been rolled back. */
    List<Outcome.Bad> absent(List<Staged> staged) throws SQLException {
        List<Outcome.Bad> bad = new ArrayList<>();
        for (Staged each : staged) {
            if (each.batch().counts().patches() == 0) {
                continue;
            }
            TableId table = each.batch().table();
            try (Statement statement = connection.createStatement();
                    ResultSet rows = statement.executeQuery(sql(each).absentQuery())) {
                while (rows.next()) {
                    bad.add(Outcome.Bad.absent(table, rows.getInt(1)));
                }
            }
        }
        return bad;
    }

    private Tally run(List<Step> steps) throws SQLException {
        StringBuilder message = new StringBuilder();
        steps.forEach(step -> message.append(step.sql()).append(";\n"));
        Tally tally = new Tally();
        try (Statement statement = connection.createStatement()) {
            boolean rows = statement.execute(message.toString());
            for (Step step : steps) {
                tally.add(step.effect(), count(statement, step, rows));
                rows = statement.getMoreResults();
            }
        }
        return tally;
    }

    private static long count(Statement statement, Step step, boolean rows) throws SQLException {
        if (!rows) {
            return Math.max(0, statement.getUpdateCount());
        }
        try (ResultSet result = statement.getResultSet()) {
            return step.effect() != Step.Effect.NONE && result.next() ? result.getLong(1) : 0;
        }
    }

    private ApplySql sql(Staged staged) {
        return new ApplySql(staged.batch(), live.apply(staged.batch().table()), staged.handle());
    }

    private void statementless(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
