package io.millrace.benchmarks;

import io.millrace.testing.Await;
import io.millrace.testing.WorkerOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Connectors on a worker for the time of one run. Closing it deletes them and waits until they have left the database;
 * a worker whose run failed, or which does not get rid of them, is ended.
 */
final class Job implements AutoCloseable {
    private final Servers servers;
    private final WorkerOptions options;
    private final Workers.Worker worker;
    private final List<String> connectors = new ArrayList<>();
    private boolean succeeded;

    Job(Servers servers, WorkerOptions options) {
        this.servers = servers;
        this.options = options;
        this.worker = servers.workers().of(options);
    }

    Workers.Worker worker() {
        return worker;
    }

    void put(String connector, Map<String, String> configuration) {
        connectors.add(connector);
        worker.process().rest().put(connector, configuration);
    }

    Stopwatch stopwatch(String... names) {
        return new Stopwatch(servers, worker, names);
    }

    /** What was to be measured has been. */
    <T> T succeeded(T result) {
        succeeded = true;
        return result;
    }

    @Override
    public void close() {
        try {
            for (String connector : connectors) {
                worker.process().rest().delete(connector);
            }
            Await.until(
                    "connectors are gone",
                    Duration.ofSeconds(30),
                    () -> worker.process().rest().connectors().isEmpty(),
                    () -> "");
            servers.awaitNobodyIn(servers.postgres().database());
            servers.awaitNobodyIn(Servers.TARGET);
        } catch (RuntimeException | AssertionError e) {
            succeeded = false;
        }
        if (succeeded) {
            servers.workers().done(options);
        } else {
            servers.workers().discard(options);
            servers.expelFrom(servers.postgres().database());
            servers.expelFrom(Servers.TARGET);
        }
    }
}
