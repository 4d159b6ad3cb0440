package io.millrace.sink.pg;

import io.millrace.sink.destination.Advance;
import io.millrace.sink.destination.Outcome;
import io.millrace.sink.destination.Staged;
import io.millrace.sink.destination.TableId;
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
        List<ApplySql.Step> steps = new ArrayList<>();
        steps.add(none("BEGIN"));
        if (!advances.isEmpty()) {
            steps.add(none(ledger.fence(advances)));
        }
        for (Staged each : staged) {
            if (each.batch().columns().isEmpty()) {
                steps.add(none(ApplySql.truncateIfThere(each.batch().table())));
            } else {
                steps.addAll(sql(each).steps());
            }
            if (!each.handle().isEmpty()) {
                steps.add(none("TRUNCATE " + each.handle()));
            }
        }
        if (!advances.isEmpty()) {
            steps.add(none(ledger.advance(advances)));
        }
        steps.add(none("COMMIT"));
        int flags =
                staged.stream().mapToInt(each -> each.batch().counts().flags()).sum();
        int patches = staged.stream()
                .mapToInt(each -> each.batch().counts().patches())
                .sum();
        return run(steps, flags, patches);
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
                    bad.add(new Outcome.Bad(
                            table,
                            rows.getInt(1),
                            "Table " + table
                                    + ": a partial update (unchanged TOAST values were not sent) finds no row to update;"
                                    + " REPLICA IDENTITY FULL on the source avoids it"));
                }
            }
        }
        return bad;
    }

    private Outcome.Applied run(List<ApplySql.Step> steps, int flags, int patches) throws SQLException {
        StringBuilder message = new StringBuilder();
        steps.forEach(step -> message.append(step.sql()).append(";\n"));
        long[] counts = new long[ApplySql.Effect.values().length];
        try (Statement statement = connection.createStatement()) {
            boolean rows = statement.execute(message.toString());
            for (ApplySql.Step step : steps) {
                counts[step.effect().ordinal()] += count(statement, step, rows);
                rows = statement.getMoreResults();
            }
        }
        long flagged = counts[ApplySql.Effect.FLAGGED.ordinal()];
        long patched = counts[ApplySql.Effect.PATCHED.ordinal()];
        return new Outcome.Applied(
                counts[ApplySql.Effect.WRITTEN.ordinal()],
                patched,
                counts[ApplySql.Effect.DELETED.ordinal()] + flagged,
                flags - flagged + patches - patched);
    }

    private static long count(Statement statement, ApplySql.Step step, boolean rows) throws SQLException {
        if (!rows) {
            return Math.max(0, statement.getUpdateCount());
        }
        try (ResultSet result = statement.getResultSet()) {
            return step.effect() != ApplySql.Effect.NONE && result.next() ? result.getLong(1) : 0;
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

    private static ApplySql.Step none(String sql) {
        return new ApplySql.Step(ApplySql.Effect.NONE, sql);
    }
}
