package io.millrace.sink.warehouse.bigquery;

import io.millrace.sink.destination.Advance;
import io.millrace.sink.destination.Outcome;
import io.millrace.sink.destination.Staged;
import io.millrace.sink.destination.TableId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.errors.RetriableException;
import org.jspecify.annotations.Nullable;

/** Applies the tables of a flush side by side, each in a transaction of its own. */
final class ParallelApply {
    private final TableApply apply;
    private final Targets targets;
    private final ExecutorService threads;

    /** The target table, one of those that advance where there is one, whose feeds bring the rows of a table. */
    interface Targets {
        TableId of(TableId written, Set<TableId> advancing);
    }

    ParallelApply(TableApply apply, Targets targets, ExecutorService threads) {
        this.apply = apply;
        this.targets = targets;
        this.threads = threads;
    }

    /**
     * @throws RetriableException when some tables are applied and others are not
     */
    Outcome run(List<Staged> staged, List<Advance> advances) {
        List<TableApply.Work> works = works(staged, advances);
        if (works.size() == 1) {
            return apply.run(works.get(0));
        }
        List<Future<Outcome>> running = new ArrayList<>();
        works.forEach(work -> running.add(threads.submit(() -> apply.run(work))));
        Outcomes outcomes = new Outcomes();
        for (Future<Outcome> each : running) {
            outcomes.take(each);
        }
        return outcomes.all();
    }

    private List<TableApply.Work> works(List<Staged> staged, List<Advance> advances) {
        Map<TableId, TableApply.Work> works = new LinkedHashMap<>();
        advances.forEach(advance -> of(works, advance.feed().table()).advances().add(advance));
        Set<TableId> advancing = Set.copyOf(works.keySet());
        for (Staged each : staged) {
            of(works, targets.of(each.batch().table(), advancing)).staged().add(each);
        }
        return List.copyOf(works.values());
    }

    private static TableApply.Work of(Map<TableId, TableApply.Work> works, TableId target) {
        return works.computeIfAbsent(target, table -> new TableApply.Work(table, new ArrayList<>(), new ArrayList<>()));
    }

    /** What became of the tables of one flush. */
    private static final class Outcomes {
        private Outcome.Applied applied = new Outcome.Applied(0, 0, 0, 0);
        private int done;
        private final List<Outcome.Bad> rejected = new ArrayList<>();
        private @Nullable Outcome other;
        private @Nullable ConnectException failure;

        void take(Future<Outcome> running) {
            try {
                Outcome outcome = running.get();
                if (outcome instanceof Outcome.Applied one) {
                    applied = applied.plus(one);
                    done++;
                } else if (outcome instanceof Outcome.Rejected bad) {
                    rejected.addAll(bad.rows());
                } else {
                    other = outcome;
                }
            } catch (ExecutionException e) {
                ConnectException failed = e.getCause() instanceof ConnectException known
                        ? known
                        : new ConnectException("A table cannot be written to: " + e.getCause(), e.getCause());
                // One that is final tells more.
                if (failure == null || failure instanceof RetriableException) {
                    failure = failed;
                }
            } catch (InterruptedException e) {
                failure = Jobs.stopped(e);
            }
        }

        Outcome all() {
            if (failure != null) {
                throw failure;
            }
            if (other == null && rejected.isEmpty()) {
                return applied;
            }
            if (done > 0) {
                throw new RetriableException("Of the tables of a flush " + done + " are applied, others are not: "
                        + (other == null ? rejected.get(0).reason() : other));
            }
            return other == null ? new Outcome.Rejected(rejected) : other;
        }
    }
}
