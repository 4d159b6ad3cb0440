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

/** What runs during a quickstart: source and target, a broker, a worker. Closing ends the last started first. */
final class Servers implements AutoCloseable {
    static final String[] PLUGINS = {"connect-source-pg", "connect-sink-pg", "connect-sink-warehouse", "transforms"};

    private final Deque<AutoCloseable> running = new ArrayDeque<>();
    private final DatabaseAddress source;
    private final Target target;
    private final KafkaBroker broker;
    private final WorkerProcess worker;

    private Servers(Options options) {
        try {
            source = options.source() == null ? database(started(postgres()), "shop") : options.source();
            target = started(Target.start(options.into()));
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

    static PostgresServer postgres() {
        return PostgresServer.start(PostgresOptions.defaults().with("max_slot_wal_keep_size", "20GB"));
    }

    /** A new database of the server. */
    static DatabaseAddress database(PostgresServer server, String name) {
        server.createDatabase(name);
        return new DatabaseAddress(server.host(), server.port(), name, server.user(), server.password(), Map.of());
    }

    /** With the password where it is one that we made up. */
    static String login(DatabaseAddress address, boolean given) {
        return given ? address.toString() : address.toString().replace("@", ":" + address.password() + "@");
    }

    DatabaseAddress source() {
        return source;
    }

    Target target() {
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
