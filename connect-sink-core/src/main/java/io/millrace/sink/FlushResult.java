package io.millrace.sink;

import io.millrace.sink.destination.Claim;
import io.millrace.sink.destination.Feed;
import io.millrace.sink.destination.Outcome;
import io.millrace.sink.fold.TableBuffer;
import java.util.List;
import java.util.Map;

/** How a flush ended, short of an error that ends the task. */
sealed interface FlushResult {
    /** Durable; {@code begun} are the feeds that the ledger has learned. */
    record Done(Flush flush, Map<Feed, Claim> begun, Outcome.Applied applied) implements FlushResult {}

    /** Nothing of it is known to be in the target: claim again and read again from there. */
    record Again(String reason) implements FlushResult {}

    /** Nothing was applied because of these rows. */
    record Refused(List<Refusal> rows) implements FlushResult {}

    /** A refused row, found in its buffer. */
    record Refusal(int partition, long offset, String reason) {
        static Refusal of(Outcome.Bad bad, TableBuffer buffer) {
            return new Refusal(buffer.partition(bad.ordinal()), buffer.offset(bad.ordinal()), bad.reason());
        }
    }
}
