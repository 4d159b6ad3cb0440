package io.millrace.sink.sql;

import io.millrace.sink.destination.Outcome;
import io.millrace.sink.destination.Staged;
import java.util.List;

/** Adds up what the statements of one apply have counted. */
public final class Tally {
    private final long[] counts = new long[Step.Effect.values().length];

    public void add(Step.Effect effect, long rows) {
        counts[effect.ordinal()] += rows;
    }

    /** What was applied; patches and soft deletes that changed nothing have found no row. */
    public Outcome.Applied applied(List<Staged> staged) {
        long asked = 0;
        for (Staged each : staged) {
            asked += each.batch().counts().flags() + each.batch().counts().patches();
        }
        long flagged = counts[Step.Effect.FLAGGED.ordinal()];
        long patched = counts[Step.Effect.PATCHED.ordinal()];
        return new Outcome.Applied(
                counts[Step.Effect.WRITTEN.ordinal()],
                patched,
                counts[Step.Effect.DELETED.ordinal()] + flagged,
                asked - flagged - patched);
    }
}
