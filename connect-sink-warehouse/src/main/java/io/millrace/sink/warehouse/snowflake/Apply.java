package io.millrace.sink.warehouse.snowflake;

import io.millrace.sink.destination.Advance;
import io.millrace.sink.destination.Batch;
import io.millrace.sink.destination.Outcome;
import io.millrace.sink.destination.Staged;
import io.millrace.sink.destination.TableId;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.connect.errors.RetriableException;

/**
 * One transaction: ledger, which is also the fence, and every table's statements.
 *
 * @see <a href="https://docs.snowflake.com/en/sql-reference/transactions">Transactions</a>
 */
final class Apply {
    private final Session.Open open;
    private final Ledger ledger;
    private final Place place;
    private final Find tables;
    private Outcome.Applied applied = new Outcome.Applied(0, 0, 0, 0);

    /** Looks a table up; empty when there is none. */
    interface Find {
        Optional<LiveTable> find(Connection connection, TableId table) throws SQLException;
    }

    Apply(Session.Open open, Ledger ledger, Place place, Find tables) {
        this.open = open;
        this.ledger = ledger;
        this.place = place;
        this.tables = tables;
    }

    Outcome commit(List<Staged> staged, List<Advance> advances) throws SQLException {
        List<Prepared> prepared = prepare(staged);
        execute("BEGIN");
        if (!advances.isEmpty() && execute(ledger.advance(advances)) != advances.size()) {
            execute("ROLLBACK");
            return new Outcome.Fenced();
        }
        List<Outcome.Bad> absent = new ArrayList<>();
        for (Prepared each : prepared) {
            run(each, absent);
        }
        if (!absent.isEmpty()) {
            execute("ROLLBACK");
            return new Outcome.Rejected(absent);
        }
        execute("COMMIT");
        return applied;
    }

    /** Runs a batch's statements in a transaction that is rolled back. */
    void tryOut(Staged staged) throws SQLException {
        List<Prepared> prepared = prepare(List.of(staged));
        execute("BEGIN");
        for (Prepared each : prepared) {
            run(each, new ArrayList<>());
        }
        execute("ROLLBACK");
    }

    private record Prepared(Batch batch, ApplySql sql) {}

    /** What DDL or a lost session would break is looked at before the transaction. */
    private List<Prepared> prepare(List<Staged> staged) throws SQLException {
        List<Prepared> prepared = new ArrayList<>();
        for (Staged each : staged) {
            if (!open.staging().holds(each.handle())) {
                throw new RetriableException("Table " + each.batch().table()
                        + ": the session in which rows were staged has ended; they are staged again");
            }
            Optional<LiveTable> found =
                    tables.find(open.connection(), each.batch().table());
            if (found.isEmpty() && each.handle().isEmpty()) {
                // A truncate of a table that is not there: it is empty already.
                continue;
            }
            LiveTable live = found.orElseThrow(
                    () -> new SQLException("Table " + each.batch().table() + " is gone", "02000", SqlErrors.NO_OBJECT));
            prepared.add(new Prepared(each.batch(), new ApplySql(each.batch(), live, each.handle(), place)));
        }
        return prepared;
    }

    private void run(Prepared each, List<Outcome.Bad> absent) throws SQLException {
        String truncate = each.sql.truncate();
        if (truncate != null) {
            execute(truncate);
        }
        String missing = each.sql.absent();
        if (missing != null) {
            Statements.query(open.connection(), missing, row -> row.getInt(1))
                    .forEach(ordinal -> absent.add(Outcome.Bad.absent(each.batch.table(), ordinal)));
            if (!absent.isEmpty()) {
                return;
            }
        }
        String append = each.sql.append();
        if (append != null) {
            applied = applied.plus(new Outcome.Applied(execute(append), 0, 0, 0));
        }
        String merge = each.sql.merge();
        if (merge != null) {
            applied = applied.plus(counted(each.batch.counts(), Statements.merge(open.connection(), merge)));
        }
    }

    /** Every upsert is written; what else was written are patches and flags that found their rows. */
    static Outcome.Applied counted(Batch.Counts asked, Statements.Counts done) {
        long found = Math.max(0, done.written() - asked.upserts());
        long patched = Math.min(found, asked.patches());
        long flagged = found - patched;
        return new Outcome.Applied(
                asked.upserts(), patched, done.deleted() + flagged, asked.patches() + asked.flags() - found);
    }

    private long execute(String sql) throws SQLException {
        return Statements.execute(open.connection(), sql);
    }
}
