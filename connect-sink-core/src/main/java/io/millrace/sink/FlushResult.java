package io.millrace.sink;

import io.millrace.sink.destination.Claim;
import io.millrace.sink.destination.Feed;
import io.millrace.sink.destination.Locked;
import io.millrace.sink.destination.Outcome;
import io.millrace.sink.destination.TableId;
import io.millrace.sink.fold.TableBuffer;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** How a flush ended, short of an error that ends the task. */
sealed interface FlushResult {
    /**
     * Durable, but for the parked and the blocked tables, of which nothing was applied.
     *
     * @param begun feeds that the ledger has learned
     * @param parked why, by table
     * @param waiting tables that wait from now on, whose rows of this flush are durable too, and why
     * @param blocked tables that another session has locked
     * @param copies tables whose rows of this flush are durable too, and that a lock keeps from being replaced
     */
    record Done(
            Flush flush,
            Map<Feed, Claim> begun,
            Outcome.Applied applied,
            Map<TableId, String> parked,
            Map<TableId, String> waiting,
            Map<TableId, Blocked> blocked,
            Map<TableId, Blocked> copies)
            implements FlushResult {
        Done(Flush flush, Map<Feed, Claim> begun, Outcome.Applied applied) {
            this(flush, begun, applied, Map.of(), Map.of(), Map.of(), Map.of());
        }

        Done withWaiting(Map<TableId, String> more, Map<TableId, Blocked> copies) {
            return new Done(flush, begun, applied, parked, more, blocked, copies);
        }

        /** Whether nothing of the table was applied. */
        boolean isLeft(TableId table) {
            return parked.containsKey(table) || blocked.containsKey(table);
        }
    }

    /**
     * Why a table waits for another session.
     *
     * @param replacing that one replaces a table by a whole copy just now
     */
    record Blocked(String reason, boolean replacing) {
        static Blocked of(Locked locked) {
            return new Blocked(String.valueOf(locked.getMessage()), locked.isReplacing());
        }
    }

    /**
     * What of it is in the target is for the ledger to say: claim again and read again from there.
     *
     * @param tables those that could not be written or replaced, as far as it is known to be them and not all
     * @param durable the rows of the flush are, and copies could not take the places of the tables
     */
    record Again(String reason, Set<TableId> tables, boolean durable) implements FlushResult {
        Again(String reason) {
            this(reason, Set.of(), false);
        }
    }

    /** These rows were not applied, and nothing else of their tables. */
    record Refused(List<Refusal> rows) implements FlushResult {}

    /** A refused row, found in its buffer. */
    record Refusal(int partition, long offset, String reason) {}

    static Refusal refusal(Flush flush, Outcome.Bad bad) {
        for (TableBuffer buffer : flush.buffers()) {
            boolean from = bad.partition() == null || bad.partition().equals(buffer.source());
            if (from && buffer.destination().equals(bad.table())) {
                return new Refusal(buffer.partition(bad.ordinal()), buffer.offset(bad.ordinal()), bad.reason());
            }
        }
        throw new IllegalStateException(
                "A row of table " + bad.table() + " was refused, which the flush does not have");
    }
}
