package io.millrace.quickstart;

import io.millrace.quickstart.database.DatabaseAddress;
import io.millrace.testing.ConnectWorker;
import io.millrace.testing.KafkaBroker;
import io.millrace.testing.PostgresOptions;
import io.millrace.testing.PostgresServer;
import io.millrace.testing.WorkerOptions;
import io.millrace.testing.WorkerProcess;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What runs during a quickstart: up to two databases, a broker, a worker. Closing ends the last started first. */
final class Servers implements AutoCloseable {
    static final String[] PLUGINS = {"connect-source-pg", "connect-sink-pg", "connect-sink-warehouse", "transforms"};

    private final Deque<AutoCloseable> running = new ArrayDeque<>();
    private final DatabaseAddress source;
    private final @Nullable DatabaseAddress target;
    private final KafkaBroker broker;
    private final WorkerProcess worker;

    private Servers(Options options) {
        try {
            source = options.source() == null ? postgres("shop") : options.source();
            target = options.target() == null && options.file() == null ? postgres("mirror") : options.target();
            broker = started(KafkaBroker.start(Map.of("log.retention.bytes", String.valueOf(20L << 30))));
            worker = started(ConnectWorker.process(
                    broker,
                    WorkerOptions.withModules(PLUGINS).group("quickstart").heap("1g")));
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    static Servers start(Options options) {
        return new Servers(options);
    }

    private <T extends AutoCloseable> T started(T server) {
        running.push(server);
        return server;
    }

    private DatabaseAddress postgres(String database) {
        PostgresServer server =
                started(PostgresServer.start(PostgresOptions.defaults().with("max_slot_wal_keep_size", "20GB")));
        server.createDatabase(database);
        return new DatabaseAddress(server.host(), server.port(), database, server.user(), server.password(), Map.of());
    }

    DatabaseAddress source() {
        return source;
    }

    /** Null when the target is a file. */
    @Nullable
    DatabaseAddress target() {
        return target;
    }

    KafkaBroker broker() {
        return broker;
    }

    WorkerProcess worker() {
        return worker;
    }

    @Override
    public void close() {
        // Stopping waits for processes, which a pending interrupt would cut short.
        boolean interrupted = Thread.interrupted();
        while (!running.isEmpty()) {
            AutoCloseable server = running.pop();
            try {
                server.close();
            } catch (Exception e) {
                System.err.println("Stopping " + server.getClass().getSimpleName() + " failed: " + e.getMessage());
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
