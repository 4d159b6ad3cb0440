package io.millrace.benchmarks;

import io.millrace.testing.KafkaBroker;
import io.millrace.testing.PostgresOptions;
import io.millrace.testing.PostgresServer;
import io.millrace.testing.Topics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** One Postgres (fsync on) with a source and a target database, and one broker in this process. */
record Servers(PostgresServer postgres, KafkaBroker broker, Topics topics) implements AutoCloseable {
    static final String TARGET = "target";

    static Servers start() {
        var options = PostgresOptions.defaults()
                .durable(true)
                .with("shared_buffers", "512MB")
                .with("max_wal_size", "8GB")
                .with("checkpoint_timeout", "15min")
                .with("autovacuum", "off");
        PostgresServer postgres = PostgresServer.start(options);
        try {
            postgres.createDatabase(TARGET);
            // Quick to give back the disk space of the topics of the last run.
            KafkaBroker broker = KafkaBroker.start(Map.of("log.segment.delete.delay.ms", "1000"));
            return new Servers(postgres, broker, broker.topics());
        } catch (RuntimeException | Error e) {
            postgres.close();
            throw e;
        }
    }

    /** Refuses to start where the rows, their WAL and their topics may fill the disk. */
    static void checkDisk(Options options) throws IOException {
        Path folder = Path.of(System.getProperty("java.io.tmpdir"));
        long free = Files.getFileStore(folder).getUsableSpace();
        long needed = (8L << 30) + options.rows() * 6_000;
        if (free < needed) {
            throw new IllegalArgumentException("%s has %d GB free, and %d rows may need %d GB: give fewer --rows"
                    .formatted(folder, free >> 30, options.rows(), needed >> 30));
        }
    }

    /** Where the source is, for both source connectors. */
    Map<String, String> source(Table table, String prefix) {
        return Map.ofEntries(
                Map.entry("database.hostname", postgres.host()),
                Map.entry("database.port", String.valueOf(postgres.port())),
                Map.entry("database.user", postgres.user()),
                Map.entry("database.password", postgres.password()),
                Map.entry("database.dbname", postgres.database()),
                Map.entry("topic.prefix", prefix),
                Map.entry("slot.name", prefix),
                Map.entry("publication.name", prefix),
                Map.entry("table.include.list", "public." + table.name()));
    }

    void dropSlot(String slot) {
        postgres.execute("SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = '"
                + slot + "'");
    }

    void dropPublication(String publication) {
        postgres.execute("DROP PUBLICATION IF EXISTS " + publication);
    }

    void dropTopics(String prefix) {
        String[] all = topics.names().stream()
                .filter(topic -> topic.startsWith(prefix) || topic.endsWith("." + prefix))
                .toArray(String[]::new);
        if (all.length > 0) {
            topics.delete(all);
        }
    }

    @Override
    public void close() {
        topics.close();
        broker.close();
        postgres.close();
    }
}
