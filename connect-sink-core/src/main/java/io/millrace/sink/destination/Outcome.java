package io.millrace.sink.destination;

import java.util.List;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

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
    record Applied(long written, long patched, long deleted, long absent) implements Outcome {
        public Applied plus(Applied more) {
            return new Applied(
                    written + more.written, patched + more.patched, deleted + more.deleted, absent + more.absent);
        }
    }

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
     * @param partition as the batch's rows have it
     */
    record Bad(TableId table, int ordinal, String reason, @Nullable TopicPartition partition) {
        public Bad(TableId table, int ordinal, String reason) {
            this(table, ordinal, reason, null);
        }

        /** A patch whose row is not there. */
        public static Bad absent(TableId table, int ordinal) {
            return new Bad(
                    table,
                    ordinal,
                    "Table " + table
                            + ": a partial update (unchanged TOAST values were not sent) finds no row to update;"
                            + " REPLICA IDENTITY FULL on the source avoids it");
        }
    }
}
