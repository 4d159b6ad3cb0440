package io.millrace.benchmarks;

import io.millrace.benchmarks.usage.HeapWatch;
import io.millrace.testing.ConnectWorker;
import io.millrace.testing.KafkaBroker;
import io.millrace.testing.WorkerOptions;
import io.millrace.testing.WorkerProcess;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Workers that stay up between runs, one for each set of plugins, so that what is measured is compiled code rather than
 * a JVM that warms up; or a new one for each run, when cold is asked for.
 */
final class Workers implements AutoCloseable {
    private final KafkaBroker broker;
    private final boolean cold;
    private final Map<WorkerOptions, Worker> running = new HashMap<>();
    private int started;

    /** A worker and the view of its heap. */
    record Worker(WorkerProcess process, HeapWatch heap) {
        void close() {
            heap.close();
            process.close();
        }
    }

    Workers(KafkaBroker broker, boolean cold) {
        this.broker = broker;
        this.cold = cold;
    }

    Worker of(WorkerOptions options) {
        Worker known = running.get(options);
        if (known != null && known.process().alive()) {
            return known;
        }
        started++;
        WorkerProcess process = ConnectWorker.process(broker, options.group("bench_worker_" + started));
        Worker worker = new Worker(process, HeapWatch.attach(process.pid()));
        running.put(options, worker);
        return worker;
    }

    /** After a run that ended well; when cold is asked for the worker ends. */
    void done(WorkerOptions options) {
        if (cold) {
            discard(options);
        }
    }

    /** After a run that failed: what it left behind must not touch the next one. */
    void discard(WorkerOptions options) {
        Worker worker = running.remove(options);
        if (worker != null) {
            worker.close();
        }
    }

    @Override
    public void close() {
        List.copyOf(running.keySet()).forEach(this::discard);
    }
}
