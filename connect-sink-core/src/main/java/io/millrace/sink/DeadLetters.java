package io.millrace.sink;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The records of one partition that can never be applied, by offset, as long as they may be read again. */
final class DeadLetters {
    private final Map<Long, String> refused = new HashMap<>();
    private final Map<Long, Future<Void>> reported = new HashMap<>();

    /** Sends a record to the dead letter queue once, however often it is read again before the target is past it. */
    Future<Void> report(long offset, Supplier<Future<Void>> report) {
        return reported.computeIfAbsent(offset, first -> report.get());
    }

    /** The destination has refused the row whose last change has this offset. */
    void refuse(long offset, String reason) {
        refused.put(offset, reason);
    }

    /** Why the destination has refused the record at this offset, or null. */
    @Nullable
    String refusal(long offset) {
        return refused.isEmpty() ? null : refused.get(offset);
    }

    /** Nothing below this offset is read again. */
    void forget(long next) {
        reported.keySet().removeIf(offset -> offset < next);
        refused.keySet().removeIf(offset -> offset < next);
    }
}
