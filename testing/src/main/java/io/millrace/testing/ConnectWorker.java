package io.millrace.testing;

/**
 * A Connect worker in distributed mode with its REST interface on a free port. It loads our plugins from the built
 * archives through {@code plugin.path} with {@code plugin.discovery=service_load}, each in its own class loader, the way
 * users run them. Both ways of starting one return when {@code GET /health} answers 200.
 */
public interface ConnectWorker extends AutoCloseable {
    /** In this JVM, in a class loader of its own that sees nothing of the test's class path. Fast to start. */
    static ConnectWorker embedded(KafkaBroker broker, WorkerOptions options) {
        return new EmbeddedWorker(broker.bootstrapServers(), options);
    }

    /** A process of its own, which a test can kill, pause and measure. */
    static WorkerProcess process(KafkaBroker broker, WorkerOptions options) {
        return new WorkerProcess(broker.bootstrapServers(), options);
    }

    /** For example {@code http://localhost:8083}. */
    String url();

    default ConnectRest rest() {
        return new ConnectRest(url(), this::logTail);
    }

    /** The last lines of the worker's log, for failure messages. */
    default String logTail() {
        return log(60);
    }

    /** The last lines of the worker's log, at most 256 KiB. */
    String log(int lines);

    /** Orderly, so that tasks stop and commit. */
    @Override
    void close();
}
