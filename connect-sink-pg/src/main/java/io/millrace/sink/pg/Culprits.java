package io.millrace.sink.pg;

import io.millrace.sink.destination.Batch;
import io.millrace.sink.destination.Outcome;
import io.millrace.sink.destination.Row;
import io.millrace.sink.destination.Staged;
import io.millrace.sink.destination.TableId;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.apache.kafka.connect.errors.DataException;
import org.jspecify.annotations.Nullable;

/**
 * Finds the rows that broke a transaction: Postgres names the rule and not the row. Halves are staged and tried out, and
 * rolled back, until single rows are left.
 */
final class Culprits {
    /** More bad rows than this are found in the next rounds. */
    private static final int ENOUGH = 100;

    private final Session session;
    private final Ledger ledger;
    private final Function<TableId, LiveTable> live;
    private final List<Outcome.Bad> found = new ArrayList<>();

    Culprits(Session session, Ledger ledger, Function<TableId, LiveTable> live) {
        this.session = session;
        this.ledger = ledger;
        this.live = live;
    }

    /** @throws DataException when every row passes alone, so that none can be blamed */
    Outcome find(List<Staged> staged, SQLException error) throws SQLException {
        for (Staged each : staged) {
            search(each.batch(), 0, each.batch().rows().count());
        }
        if (found.isEmpty()) {
            throw new DataException(
                    "The rows of one flush cannot be applied together, though each can alone: "
                            + SqlErrors.withoutValues(error)
                            + ". A unique constraint beside the key has to be DEFERRABLE INITIALLY DEFERRED, and foreign keys between mirrored tables have to go");
        }
        return new Outcome.Rejected(found);
    }

    private void search(Batch whole, int from, int to) throws SQLException {
        if (from >= to || found.size() >= ENOUGH) {
            return;
        }
        SQLException error = attempt(slice(whole, from, to));
        if (error == null) {
            return;
        }
        if (to - from == 1) {
            found.add(new Outcome.Bad(
                    whole.table(), from, "Table " + whole.table() + ": " + SqlErrors.withoutValues(error)));
            return;
        }
        int middle = (from + to) >>> 1;
        search(whole, from, middle);
        search(whole, middle, to);
    }

    private @Nullable SQLException attempt(Batch slice) throws SQLException {
        Session.Open open = session.open();
        String handle = open.staging().load(slice);
        return new Apply(open.connection(), ledger, live).tryOut(new Staged(slice, handle));
    }

    private static Batch slice(Batch whole, int from, int to) {
        Batch.Rows rows = new Batch.Rows() {
            @Override
            public int count() {
                return to - from;
            }

            @Override
            public void forEach(Batch.Visitor visitor) throws java.io.IOException {
                int[] ordinal = {0};
                whole.rows().forEach((kind, layout, bytes, offset, length, micros) -> {
                    int at = ordinal[0]++;
                    if (at >= from && at < to) {
                        visitor.row(kind, layout, bytes, offset, length, micros);
                    }
                });
            }
        };
        return new Batch(
                whole.table(),
                whole.columns(),
                whole.key(),
                whole.layouts(),
                whole.bookkeeping(),
                rows,
                count(rows),
                whole.truncateFirst());
    }

    private static Batch.Counts count(Batch.Rows rows) {
        int[] counts = new int[5];
        try {
            rows.forEach((kind, layout, bytes, offset, length, micros) -> {
                counts[0] += (kind & Row.UPSERT) != 0 ? 1 : 0;
                counts[1] += (kind & Row.PATCH) != 0 ? 1 : 0;
                counts[2] += (kind & Row.MAY_BE_ABSENT) != 0 ? 1 : 0;
                counts[3] += (kind & Row.DELETE) != 0 ? 1 : 0;
                counts[4] += (kind & Row.FLAG) != 0 ? 1 : 0;
            });
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        return new Batch.Counts(counts[0], counts[1], counts[2], counts[3], counts[4]);
    }
}
