package io.millrace.sink.warehouse.bigquery;

import com.google.cloud.bigquery.BigQueryError;
import com.google.cloud.bigquery.JobId;
import io.millrace.sink.destination.Advance;
import io.millrace.sink.destination.Batch;
import io.millrace.sink.destination.Outcome;
import io.millrace.sink.destination.Slice;
import io.millrace.sink.destination.Staged;
import io.millrace.sink.destination.TableId;
import io.millrace.sink.sql.Culprits;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.connect.errors.DataException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The transaction of one target table: its ledger, which is also the fence, then its batches. One script, which BigQuery
 * rolls back where a statement fails.
 *
 * @see <a href="https://cloud.google.com/bigquery/docs/transactions">Multi-statement transactions</a>
 */
final class TableApply {
    private static final Logger LOG = LoggerFactory.getLogger(TableApply.class);
    static final String BEGIN = "BEGIN TRANSACTION";
    static final String COMMIT = "COMMIT TRANSACTION";

    private final Jobs jobs;
    private final Staging staging;
    private final Place place;
    private final Ledger ledger;
    private final Find tables;

    /** Looks a table up; empty when there is none. */
    interface Find {
        Optional<LiveTable> find(TableId table) throws JobException;
    }

    /** What belongs to one target table. */
    record Work(TableId target, List<Staged> staged, List<Advance> advances) {}

    TableApply(Jobs jobs, Staging staging, Place place, Ledger ledger, Find tables) {
        this.jobs = jobs;
        this.staging = staging;
        this.place = place;
        this.ledger = ledger;
        this.tables = tables;
    }

    Outcome run(Work work) {
        awaitLoads(work);
        try {
            List<String> statements = new ArrayList<>(List.of(BEGIN));
            if (!work.advances.isEmpty()) {
                statements.addAll(ledger.advance(work.target, work.advances));
            }
            for (int i = 0; i < work.staged.size(); i++) {
                statements.addAll(statements(work.staged.get(i), i));
            }
            statements.add(COMMIT);
            if (statements.size() == 2) {
                return new Outcome.Applied(0, 0, 0, 0);
            }
            return applied(work, jobs.run(script(statements)));
        } catch (JobException e) {
            return afterError(work, e);
        }
    }

    private void awaitLoads(Work work) {
        for (Staged each : work.staged) {
            try {
                if (!each.handle().isEmpty()) {
                    staging.find(each.handle());
                }
            } catch (JobException e) {
                throw BigQueryErrors.translate("Table " + each.batch().table() + " cannot be staged", e);
            }
        }
    }

    static String script(List<String> statements) {
        return String.join(";\n", statements) + ";";
    }

    private List<String> statements(Staged staged, int number) throws JobException {
        return statements(staged.batch(), staged.handle().isEmpty() ? null : staging.find(staged.handle()), number);
    }

    private List<String> statements(Batch batch, @Nullable Loaded loaded, int number) throws JobException {
        Optional<LiveTable> live = tables.find(batch.table());
        if (live.isEmpty() && loaded == null) {
            // A truncate of a table that is not there: it is empty already.
            return List.of();
        }
        LiveTable found = live.orElseThrow(() ->
                JobException.of(new BigQueryError("notFound", null, "Not found: Table " + batch.table() + " is gone")));
        return new ApplySql(batch, found, loaded, place, number).statements();
    }

    private Outcome applied(Work work, JobId job) {
        Batch.Counts sum = new Batch.Counts(0, 0, 0, 0, 0);
        for (Staged each : work.staged) {
            Batch.Counts more = each.batch().counts();
            sum = new Batch.Counts(
                    sum.upserts() + more.upserts(),
                    sum.patches() + more.patches(),
                    sum.skippable() + more.skippable(),
                    sum.deletes() + more.deletes(),
                    sum.flags() + more.flags());
        }
        if (sum.total() == sum.upserts()) {
            return new Outcome.Applied(sum.upserts(), 0, 0, 0);
        }
        try {
            Statistics statistics = jobs.statistics(job);
            long asked = sum.patches() + sum.flags();
            long found = Math.max(0, Math.min(asked, statistics.written() - sum.upserts()));
            long patched = Math.min(found, sum.patches());
            return new Outcome.Applied(sum.upserts(), patched, statistics.deleted() + found - patched, asked - found);
        } catch (JobException e) {
            // All of it is durable: only the figures are not known.
            LOG.warn("What job {} has counted cannot be read: {}", job.getJob(), e.text());
            return new Outcome.Applied(sum.upserts(), sum.patches(), sum.deletes() + sum.flags(), 0);
        }
    }

    private Outcome afterError(Work work, JobException e) {
        if (BigQueryErrors.isFenced(e)) {
            return new Outcome.Fenced();
        }
        BigQueryErrors.Absent absent = BigQueryErrors.absent(e);
        if (absent != null) {
            TableId table = work.staged.get(absent.batch()).batch().table();
            return new Outcome.Rejected(absent.ordinals().stream()
                    .map(ordinal -> Outcome.Bad.absent(table, ordinal))
                    .toList());
        }
        String doing = "Table " + work.target + " cannot be written to";
        if (BigQueryErrors.isData(e)) {
            try {
                return culprits(work, e);
            } catch (JobException next) {
                throw BigQueryErrors.translate(doing + ", and the rows that BigQuery refuses cannot be found", next);
            }
        }
        if (BigQueryErrors.isChanged(e) && !work.staged.isEmpty()) {
            return new Outcome.Changed(work.staged.get(0).batch().table(), e.text());
        }
        throw BigQueryErrors.translate(doing, e);
    }

    private Loaded staged(Work work, Batch rows) throws JobException {
        int first = 0;
        Batch.Rows of = rows.rows();
        while (of instanceof Slice slice) {
            first += slice.from();
            of = slice.whole();
        }
        for (Staged each : work.staged) {
            if (each.batch().rows() == of) {
                return staging.find(each.handle())
                        .rows(first, first + rows.rows().count());
            }
        }
        throw new IllegalStateException("These rows are of no batch that is staged");
    }

    private Outcome culprits(Work work, JobException error) throws JobException {
        List<Outcome.Bad> found = new Culprits<>(rows -> refusal(work, rows)).find(work.staged);
        if (found.isEmpty()) {
            throw new DataException("Table " + work.target
                    + ": the rows of one flush cannot be applied together, though each can alone: "
                    + BigQueryErrors.withoutValues(error));
        }
        return new Outcome.Rejected(found);
    }

    /** Tries some rows of a batch that is staged: a load takes longer than what is tried. */
    private @Nullable String refusal(Work work, Batch rows) throws JobException {
        List<String> statements = new ArrayList<>(List.of(BEGIN));
        statements.addAll(statements(rows, staged(work, rows), 0));
        statements.add("ROLLBACK TRANSACTION");
        try {
            jobs.run(script(statements));
            return null;
        } catch (JobException e) {
            if (BigQueryErrors.isData(e)) {
                return BigQueryErrors.withoutValues(e);
            }
            throw e;
        }
    }
}
