package io.millrace.sink.destination;

import java.util.List;

/** How a stage or an apply ended. Anything but {@link Applied} means: rolled back, nothing of it is visible. */
public sealed interface Outcome {
    /**
     * All of it is durable.
     *
     * @param written rows inserted or overwritten
     * @param patched rows changed in part
     * @param deleted rows deleted or flagged
     * @param absent patches and soft deletes that found no row and were allowed to
     */
    record Applied(long written, long patched, long deleted, long absent) implements Outcome {}

    /** Another task has claimed a feed: drop what is buffered, claim again, and go on from there. */
    record Fenced() implements Outcome {}

    /** Rows that the target refuses. */
    record Rejected(List<Bad> rows) implements Outcome {
        public Rejected {
            rows = List.copyOf(rows);
        }
    }

    /** Someone has altered or dropped the table since it was last looked at. */
    record Changed(TableId table, String reason) implements Outcome {}

    /**
     * One refused row.
     *
     * @param ordinal its place in the batch's rows, from 0
     * @param reason names the table, and where known column and constraint; never a value
     */
    record Bad(TableId table, int ordinal, String reason) {}
}
