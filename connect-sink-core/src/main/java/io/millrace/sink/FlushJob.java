package io.millrace.sink;

import io.millrace.sink.destination.Advance;
import io.millrace.sink.destination.Batch;
import io.millrace.sink.destination.Claim;
import io.millrace.sink.destination.Destination;
import io.millrace.sink.destination.Feed;
import io.millrace.sink.destination.Outcome;
import io.millrace.sink.destination.Staged;
import io.millrace.sink.destination.TableId;
import io.millrace.sink.fold.TableBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.errors.RetriableException;

/** Carries one flush to the destination: evolve, stage, wait for dead letters, apply. */
final class FlushJob {
    private final Destination destination;
    private final Tables tables;
    private final SinkSettings settings;

    FlushJob(Destination destination, Tables tables, SinkSettings settings) {
        this.destination = destination;
        this.tables = tables;
        this.settings = settings;
    }

    FlushResult run(Flush flush) {
        try {
            Map<Feed, Claim> begun = begin(flush);
            List<Advance> advances = new ArrayList<>(flush.advances());
            for (Map.Entry<Feed, Flush.Start> start : flush.starts().entrySet()) {
                Claim claim = begun.get(start.getKey());
                if (claim == null || claim.next() != start.getValue().from()) {
                    return new FlushResult.Again("another task has applied records of " + start.getKey());
                }
                Flush.Start to = start.getValue();
                advances.add(new Advance(start.getKey(), to.from(), to.to(), claim.epoch(), to.last()));
            }
            Outcome outcome = attempt(flush, advances);
            if (outcome instanceof Outcome.Changed) {
                // It may be another table than the one named: a column that is gone must not be passed over.
                tables.forgetAll();
                outcome = attempt(flush, advances);
            }
            return result(flush, begun, outcome);
        } catch (Destination.RefusedRow e) {
            return new FlushResult.Refused(List.of(refusal(flush, e.bad())));
        } catch (RetriableException e) {
            return new FlushResult.Again(String.valueOf(e.getMessage()));
        }
    }

    private Map<Feed, Claim> begin(Flush flush) {
        Map<Feed, Long> first = new HashMap<>();
        flush.starts().forEach((feed, start) -> first.put(feed, start.from()));
        return first.isEmpty() ? Map.of() : destination.begin(first);
    }

    private Outcome attempt(Flush flush, List<Advance> advances) throws Destination.RefusedRow {
        List<Staged> staged = new ArrayList<>();
        List<Batch> batches = new ArrayList<>();
        for (TableBuffer buffer : flush.buffers()) {
            Batch batch = buffer.batch(settings.bookkeeping());
            tables.prepare(batch);
            batches.add(batch);
        }
        for (Batch batch : batches) {
            staged.add(destination.stage(batch));
        }
        awaitReports(flush.reports());
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

    private FlushResult result(Flush flush, Map<Feed, Claim> begun, Outcome outcome) {
        if (outcome instanceof Outcome.Applied applied) {
            return new FlushResult.Done(flush, begun, applied);
        }
        if (outcome instanceof Outcome.Rejected rejected) {
            return new FlushResult.Refused(
                    rejected.rows().stream().map(bad -> refusal(flush, bad)).toList());
        }
        if (outcome instanceof Outcome.Changed changed) {
            throw new ConnectException("Table " + changed.table()
                    + " does not take the rows after it was looked at again: " + changed.reason());
        }
        return new FlushResult.Again("another task has claimed a partition");
    }

    private static FlushResult.Refusal refusal(Flush flush, Outcome.Bad bad) {
        TableId table = bad.table();
        for (TableBuffer buffer : flush.buffers()) {
            if (buffer.table().equals(table)) {
                return FlushResult.Refusal.of(bad, buffer);
            }
        }
        throw new IllegalStateException("A row of table " + table + " was refused, which the flush does not have");
    }
}
