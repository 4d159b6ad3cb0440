package io.millrace.testing;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A worker in this JVM. */
final class EmbeddedWorker implements ConnectWorker {
    private final WorkerFolder folder;
    private final IsolatedKafka kafka;
    private @Nullable Object connect;

    EmbeddedWorker(String bootstrapServers, WorkerOptions options) {
        folder = new WorkerFolder(bootstrapServers, options);
        kafka = new IsolatedKafka(folder.configuration());
        try {
            connect = kafka.call("Starting the worker", this::start);
            folder.awaitHealthy(() -> true);
        } catch (RuntimeException | Error e) {
            String log = logTail();
            close();
            throw new IllegalStateException(e.getMessage() + "\n" + log, e);
        }
    }

    private Object start() throws Exception {
        kafka.keepTheJvm();
        Class<?> command = kafka.load("org.apache.kafka.connect.cli.ConnectDistributed");
        Object started = command.getConstructor(String[].class).newInstance((Object) new String[0]);
        return command.getMethod("startConnect", Map.class).invoke(started, folder.properties());
    }

    @Override
    public String url() {
        return folder.url();
    }

    @Override
    public String log(int lines) {
        return Tail.of(folder.log(), lines);
    }

    @Override
    public void close() {
        Object running = connect;
        connect = null;
        try {
            if (running != null) {
                kafka.call("Stopping the worker", () -> {
                    running.getClass().getMethod("stop").invoke(running);
                    return running.getClass().getMethod("awaitStop").invoke(running);
                });
            }
            kafka.close();
        } finally {
            folder.close();
        }
    }
}
