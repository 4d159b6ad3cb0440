package io.millrace.sink.warehouse.duckdb;

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
import java.util.Optional;
import java.util.function.Function;

/** One transaction: ledger, which is also the fence, and every table's statements. */
final class Apply {
    private final Connection connection;
    private final Commits commits;
    private final Function<TableId, Optional<LiveTable>> live;
    private final Tally tally = new Tally();

    Apply(Connection connection, Commits commits, Function<TableId, Optional<LiveTable>> live) {
        this.connection = connection;
        this.commits = commits;
        this.live = live;
    }

    Outcome commit(List<Staged> staged, List<Advance> advances) throws SQLException {
        execute("BEGIN TRANSACTION");
        if (!advances.isEmpty() && execute(commits.ledger().advance(advances)) != advances.size()) {
            execute("ROLLBACK");
            return new Outcome.Fenced();
        }
        List<Outcome.Bad> absent = new ArrayList<>();
        for (Staged each : staged) {
            run(each, absent);
        }
        if (!absent.isEmpty()) {
            execute("ROLLBACK");
            return new Outcome.Rejected(absent);
        }
        Optional<String> note = commits.note(advances);
        if (note.isPresent()) {
            execute(note.orElseThrow());
        }
        execute("COMMIT");
        return tally.applied(staged);
    }

    /** Runs a batch's statements in a transaction that is left open. */
    void tryOut(Staged staged) throws SQLException {
        execute("BEGIN TRANSACTION");
        run(staged, new ArrayList<>());
    }

    private void run(Staged staged, List<Outcome.Bad> absent) throws SQLException {
        Optional<LiveTable> table = live.apply(staged.batch().table());
        if (table.isEmpty() && staged.handle().isEmpty()) {
            // A truncate of a table that is not there: it is empty already.
            return;
        }
        LiveTable found = table.orElseThrow(
                () -> new SQLException("Catalog Error: Table " + staged.batch().table() + " is gone"));
        for (Step step : new ApplySql(staged.batch(), found, staged.handle()).steps()) {
            if (step.effect() == Step.Effect.ABSENT) {
                absent(staged, step.sql(), absent);
                if (!absent.isEmpty()) {
                    return;
                }
            } else {
                tally.add(step.effect(), execute(step.sql()));
            }
        }
    }

    private void absent(Staged staged, String query, List<Outcome.Bad> absent) throws SQLException {
        TableId table = staged.batch().table();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            while (rows.next()) {
                absent.add(Outcome.Bad.absent(table, rows.getInt(1)));
            }
        }
    }

    private long execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
            return Math.max(0, statement.getLargeUpdateCount());
        }
    }
}
