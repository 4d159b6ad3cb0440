package io.millrace.sink.sql;

import io.millrace.sink.destination.Batch;
import io.millrace.sink.destination.Outcome;
import io.millrace.sink.destination.Slice;
import io.millrace.sink.destination.Staged;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds the rows that broke a transaction: a database names the rule and not the row. Halves are tried out, and rolled
 * back, until single rows are left.
 */
public final class Culprits<E extends Exception> {
    /** More bad rows than this are found in the next rounds. */
    private static final int ENOUGH = 100;

    private final Trial<E> trial;
    private final List<Outcome.Bad> found = new ArrayList<>();

    /** Stages a batch, runs its statements and rolls them back. */
    public interface Trial<E extends Exception> {
        /**
         * Why the rows are refused, without any value; null when they would do.
         *
         * @throws E when that cannot be told
         */
        @Nullable
        String refusal(Batch rows) throws E;
    }

    public Culprits(Trial<E> trial) {
        this.trial = trial;
    }

    /** Empty when every row passes alone, so that none can be blamed. */
    public List<Outcome.Bad> find(List<Staged> staged) throws E {
        for (Staged each : staged) {
            search(each.batch(), 0, each.batch().rows().count());
        }
        return found;
    }

    private void search(Batch whole, int from, int to) throws E {
        if (from >= to || found.size() >= ENOUGH) {
            return;
        }
        String refusal = trial.refusal(Slice.of(whole, from, to));
        if (refusal == null) {
            return;
        }
        if (to - from == 1) {
            found.add(new Outcome.Bad(whole.table(), from, "Table " + whole.table() + ": " + refusal));
            return;
        }
        int middle = (from + to) >>> 1;
        search(whole, from, middle);
        search(whole, middle, to);
    }
}
