package io.millrace.sink;

import io.millrace.sink.destination.Advance;
import io.millrace.sink.destination.Batch;
import io.millrace.sink.destination.Claim;
import io.millrace.sink.destination.Destination;
import io.millrace.sink.destination.Feed;
import io.millrace.sink.destination.Generations;
import io.millrace.sink.destination.Locked;
import io.millrace.sink.destination.Outcome;
import io.millrace.sink.destination.Staged;
import io.millrace.sink.destination.TableId;
import io.millrace.sink.fold.TableBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.errors.RetriableException;
import org.jspecify.annotations.Nullable;

/**
 * Carries one flush to the destination: evolve, stage, wait for dead letters, apply. All tables share one transaction;
 * when that has failed they go one by one, so that a table that is locked or broken does not hold the others. So they do
 * when a table that was locked is tried again, for which it is given little time.
 */
final class FlushJob {
    private final Destination destination;
    private final Tables tables;
    private final SinkSettings settings;
    private final boolean deadLetters;
    private final @Nullable Overwrite overwrite;
    private final @Nullable LogViews views;
    private boolean failedBefore;
    private volatile boolean unfinished;
    private volatile @Nullable Long replacingSince;

    FlushJob(Destination destination, Tables tables, SinkSettings settings, boolean deadLetters) {
        this.destination = destination;
        this.tables = tables;
        this.settings = settings;
        this.deadLetters = deadLetters;
        views = settings.logAndView() ? new LogViews(destination, settings) : null;
        overwrite = settings.overwrite() ? new Overwrite(destination, settings) : null;
    }

    /** Whether the flush has left something to do that brings no records. */
    boolean isUnfinished() {
        return unfinished;
    }

    /** Another flush is about to be run: none has come to replacing tables yet. */
    void reset() {
        replacingSince = null;
    }

    /**
     * Nanoseconds since the rows of the flush are durable, and tables are being replaced; negative before. Counts on until
     * the next {@link #reset}: that the flush has ended is known a moment later.
     */
    long replacingNanos() {
        Long since = replacingSince;
        return since == null ? -1 : System.nanoTime() - since;
    }

    /** Whether to flush though nothing has come: to look at what should have come. For any thread. */
    boolean isLookDue() {
        return overwrite != null && overwrite.isDue();
    }

    FlushResult run(Flush flush) {
        // With parking it has to be known which table it is, also of one.
        boolean parks = settings.operators().parks();
        boolean apart = failedBefore && flush.buffers().size() > (parks ? 0 : 1)
                || flush.buffers().stream().map(TableBuffer::table).anyMatch(flush.trial()::contains);
        failedBefore = true;
        try {
            Map<Feed, Claim> begun = begin(flush);
            List<Advance> advances = new ArrayList<>(flush.advances());
            for (Map.Entry<Feed, Flush.Start> start : flush.starts().entrySet()) {
                Claim claim = begun.get(start.getKey());
                if (claim == null || claim.next() != start.getValue().from() || claim.intent() >= 0) {
                    return new FlushResult.Again("another task has applied records of " + start.getKey());
                }
                start.getValue().advance(start.getKey(), claim).ifPresent(advances::add);
            }
            awaitReports(flush.reports());
            if (overwrite != null) {
                overwrite.giveUp(flush.incomplete());
            }
            FlushResult result = apart ? apart(flush, begun, advances, false) : together(flush, begun, advances);
            failedBefore = !(result instanceof FlushResult.Done);
            if (overwrite != null && result instanceof FlushResult.Done done) {
                replacingSince = System.nanoTime();
                Set<TableId> kept = new HashSet<>(flush.kept());
                kept.addAll(done.parked().keySet());
                result = replaced(done, overwrite.finish(flush.manifests(), flush.waiting(), kept));
            }
            return result;
        } catch (RetriableException e) {
            return new FlushResult.Again(String.valueOf(e.getMessage()));
        }
    }

    /** The rows of the flush are durable whatever has become of the copies. */
    private FlushResult replaced(FlushResult.Done done, Generations.Replaced replaced) {
        Map<TableId, String> waiting = new HashMap<>();
        Map<TableId, String> again = new LinkedHashMap<>();
        Map<TableId, FlushResult.Blocked> copies = new HashMap<>();
        replaced.failed().forEach((table, reason) -> {
            if (reason instanceof Locked locked) {
                copies.put(table, FlushResult.Blocked.of(locked));
            } else if (reason instanceof RetriableException) {
                again.put(table, String.valueOf(reason.getMessage()));
            } else if (settings.operators().parks()) {
                waiting.put(table, String.valueOf(reason.getMessage()));
            } else {
                throw reason;
            }
        });
        unfinished = replaced.unfinished() || !again.isEmpty() || !copies.isEmpty();
        // They have been given time already.
        copies.keySet().removeAll(done.flush().waiting());
        again.keySet().removeAll(done.flush().waiting());
        return waiting.isEmpty() && !again.isEmpty()
                ? new FlushResult.Again(String.join("; ", again.values()), again.keySet(), true)
                : done.withWaiting(waiting, copies);
    }

    private Map<Feed, Claim> begin(Flush flush) {
        Map<Feed, Long> first = new HashMap<>();
        flush.starts().forEach((feed, start) -> first.put(feed, start.from()));
        return first.isEmpty() ? Map.of() : destination.begin(first);
    }

    private FlushResult together(Flush flush, Map<Feed, Claim> begun, List<Advance> advances) {
        FlushResult result;
        try {
            result = result(flush, begun, attempt(flush.buffers(), advances));
        } catch (Destination.RefusedRow e) {
            result = new FlushResult.Refused(List.of(FlushResult.refusal(flush, e.bad())));
        } catch (Locked e) {
            // Whichever it is, it has been given its time.
            return apart(flush, begun, advances, true);
        } catch (RetriableException e) {
            throw e;
        } catch (ConnectException e) {
            if (!settings.operators().parks()) {
                throw e;
            }
            return apart(flush, begun, advances, false);
        }
        boolean parks = result instanceof FlushResult.Refused
                && !deadLetters
                && settings.operators().parks();
        return parks ? apart(flush, begun, advances, false) : result;
    }

    /** {@code hurried}: no table is given more than a moment for a lock. */
    private FlushResult apart(Flush flush, Map<Feed, Claim> begun, List<Advance> advances, boolean hurried) {
        TableByTable apart = new TableByTable(settings.operators().parks(), deadLetters);
        List<Advance> rest = new ArrayList<>(advances);
        // A table can have two buffers: of two generations.
        Map<TableId, List<TableBuffer>> byTable = flush.buffers().stream()
                .collect(Collectors.groupingBy(TableBuffer::table, LinkedHashMap::new, Collectors.toList()));
        byTable.forEach((table, buffers) -> {
            List<Advance> own = advances.stream()
                    .filter(advance -> advance.feed().table().equals(table))
                    .toList();
            rest.removeAll(own);
            destination.hurry(hurried || flush.trial().contains(table));
            try {
                apart.run(table, () -> result(flush, begun, attempt(buffers, own)), flush);
            } finally {
                destination.hurry(false);
            }
        });
        if (!rest.isEmpty()) {
            apart.others(result(flush, begun, destination.apply(List.of(), rest)));
        }
        return apart.result(flush, begun);
    }

    private Outcome attempt(List<TableBuffer> buffers, List<Advance> advances) throws Destination.RefusedRow {
        Outcome outcome = once(buffers, advances);
        if (outcome instanceof Outcome.Changed) {
            // It may be another table than the one named: a column that is gone must not be passed over.
            tables.forgetAll();
            if (views != null) {
                views.forget();
            }
            if (overwrite != null) {
                overwrite.forget();
            }
            outcome = once(buffers, advances);
        }
        return outcome;
    }

    private Outcome once(List<TableBuffer> buffers, List<Advance> advances) throws Destination.RefusedRow {
        List<Batch> batches = new ArrayList<>();
        for (TableBuffer buffer : buffers) {
            Batch batch = buffer.batch(settings.bookkeeping());
            if (overwrite == null || buffer.generation() == null) {
                tables.prepare(batch);
                if (views != null) {
                    views.prepare(buffer, batch);
                }
            } else if (!overwrite.prepare(buffer.generation(), batch)) {
                // Rows of a generation that is over: the ledger passes them.
                continue;
            }
            batches.add(batch);
        }
        List<Staged> staged = new ArrayList<>();
        for (Batch batch : batches) {
            staged.add(destination.stage(batch));
        }
        return destination.apply(staged, advances);
    }

    private static void awaitReports(List<Future<Void>> reports) {
        for (Future<Void> report : reports) {
            try {
                report.get();
            } catch (ExecutionException e) {
                throw new ConnectException("A bad record could not be written to the dead letter queue", e.getCause());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new ConnectException("Stopped while a dead letter was being written", e);
            }
        }
    }

    private static FlushResult result(Flush flush, Map<Feed, Claim> begun, Outcome outcome) {
        if (outcome instanceof Outcome.Applied applied) {
            return new FlushResult.Done(flush, begun, applied);
        }
        if (outcome instanceof Outcome.Rejected rejected) {
            return new FlushResult.Refused(rejected.rows().stream()
                    .map(bad -> FlushResult.refusal(flush, bad))
                    .toList());
        }
        if (outcome instanceof Outcome.Changed changed) {
            throw new ConnectException("Table " + changed.table()
                    + " does not take the rows after it was looked at again: " + changed.reason());
        }
        return new FlushResult.Again("another task has claimed a partition");
    }
}
