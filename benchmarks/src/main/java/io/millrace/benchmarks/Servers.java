package io.millrace.benchmarks;

import io.millrace.testing.Await;
import io.millrace.testing.PostgresOptions;
import io.millrace.testing.PostgresServer;
import io.millrace.testing.SchemaRegistry;
import io.millrace.testing.Topics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;

/**
 * One Postgres (fsync on) with a source and a target database, one broker and the workers, each a process of its own,
 * and a registry in this process, which a converter asks once a schema.
 *
 * @param postmaster the process that Postgres's other processes are children of
 */
record Servers(
        PostgresServer postgres,
        long postmaster,
        BrokerProcess broker,
        Topics topics,
        Workers workers,
        SchemaRegistry registry)
        implements AutoCloseable {
    static final String TARGET = "target";
    private static final Duration LEAVE = Duration.ofSeconds(60);

    static Servers start() {
        return start(false);
    }

    /** @param cold whether each run has a worker of its own */
    static Servers start(boolean cold) {
        PostgresServer postgres = PostgresServer.start(PostgresOptions.defaults()
                .durable(true)
                .with("shared_buffers", "512MB")
                .with("max_wal_size", "8GB")
                .with("checkpoint_timeout", "15min")
                .with("autovacuum", "off"));
        try {
            postgres.createDatabase(TARGET);
            BrokerProcess broker = new BrokerProcess();
            return new Servers(
                    postgres,
                    postmaster(postgres),
                    broker,
                    broker.topics(),
                    new Workers(broker, cold),
                    SchemaRegistry.start());
        } catch (RuntimeException | Error e) {
            postgres.close();
            throw e;
        }
    }

    private static long postmaster(PostgresServer postgres) {
        try (Connection connection = postgres.connect()) {
            long backend = number(connection, "SELECT pg_backend_pid()");
            return ProcessHandle.of(backend)
                    .flatMap(ProcessHandle::parent)
                    .map(ProcessHandle::pid)
                    .orElse(-1L);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Refuses to start where the rows, their WAL and their topics may fill the disk. */
    static void checkDisk(Options options) throws IOException {
        Path folder = Path.of(System.getProperty("java.io.tmpdir"));
        long free = Files.getFileStore(folder).getUsableSpace();
        long needed = (8L << 30) + options.mostRows() * 6_000;
        if (free < needed) {
            throw new IllegalArgumentException("%s has %d GB free, and %d rows may need %d GB: give fewer --rows"
                    .formatted(folder, free >> 30, options.mostRows(), needed >> 30));
        }
    }

    /** The first column of a query's first row. */
    static long number(Connection connection, String query) {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            row.next();
            return row.getLong(1);
        } catch (SQLException e) {
            throw new IllegalStateException(query + " failed: " + e.getMessage(), e);
        }
    }

    /** WAL written so far. */
    double walBytes() {
        return Double.parseDouble(postgres.queryOne("SELECT pg_current_wal_lsn() - '0/0'::pg_lsn"));
    }

    /** Where the source is, for both source connectors. */
    Map<String, String> source(String table, String prefix) {
        return Map.ofEntries(
                Map.entry("database.hostname", postgres.host()),
                Map.entry("database.port", String.valueOf(postgres.port())),
                Map.entry("database.user", postgres.user()),
                Map.entry("database.password", postgres.password()),
                Map.entry("database.dbname", postgres.database()),
                Map.entry("topic.prefix", prefix),
                Map.entry("slot.name", prefix),
                Map.entry("publication.name", prefix),
                Map.entry("table.include.list", "public\\." + table));
    }

    /** Waits until connectors that were deleted have left a database. */
    void awaitNobodyIn(String database) {
        String others = "SELECT count(*) FROM pg_stat_activity WHERE datname = '" + database
                + "' AND pid <> pg_backend_pid() AND backend_type IN ('client backend', 'walsender')";
        Await.until(
                "nobody works in database " + database,
                LEAVE,
                () -> postgres.queryOne(others).equals("0"),
                () -> postgres.queryOne("SELECT string_agg(application_name || ': ' || query, '; ')"
                        + " FROM pg_stat_activity WHERE datname = '" + database + "'"));
    }

    /** Ends whoever still works in a database: a worker that was killed leaves sessions that wait. */
    void expelFrom(String database) {
        postgres.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '" + database
                + "' AND pid <> pg_backend_pid()");
    }

    void dropSlot(String slot) {
        String present = "SELECT count(*) FROM pg_replication_slots WHERE slot_name = '" + slot + "'";
        Await.until(
                "slot " + slot + " is dropped",
                LEAVE,
                () -> {
                    postgres.execute("SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots"
                            + " WHERE slot_name = '" + slot + "' AND NOT active");
                    return postgres.queryOne(present).equals("0");
                },
                () -> "");
    }

    void dropPublication(String publication) {
        postgres.execute("DROP PUBLICATION IF EXISTS " + publication);
    }

    void dropTopics(String prefix) {
        String[] all = topics.names().stream()
                .filter(topic -> topic.startsWith(prefix + ".") || topic.endsWith("." + prefix))
                .toArray(String[]::new);
        if (all.length > 0) {
            topics.delete(all);
        }
    }

    @Override
    public void close() {
        workers.close();
        registry.close();
        topics.close();
        broker.close();
        postgres.close();
    }
}
