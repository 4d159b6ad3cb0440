package io.millrace.benchmarks;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** A thread that looks for rows of a load where they have to arrive, and tells {@link Delays}. */
final class Watcher implements AutoCloseable {
    /** How often a table is asked: what it may add to a delay. */
    private static final long LOOK_MILLIS = 2;

    private final Thread thread;

    @FunctionalInterface
    private interface Watching {
        void run() throws Exception;
    }

    private Watcher(Delays delays, Watching watching) {
        thread = new Thread(
                () -> {
                    try {
                        watching.run();
                    } catch (InterruptedException | org.apache.kafka.common.errors.InterruptException e) {
                        // Closed.
                    } catch (Exception e) {
                        delays.failed(e);
                    }
                },
                "watcher");
        thread.setDaemon(true);
        thread.start();
    }

    /** Reads a topic of one partition whose keys are JSON objects of one number. Only committed records count. */
    static Watcher ofTopic(Servers servers, String topic, Delays delays) {
        return new Watcher(delays, () -> watchTopic(servers, topic, delays));
    }

    private static void watchTopic(Servers servers, String topic, Delays delays) {
        Map<String, Object> settings =
                Map.of("bootstrap.servers", servers.broker().bootstrapServers(), "isolation.level", "read_committed");
        try (var consumer = new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            var partitions = List.of(new TopicPartition(topic, 0));
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            while (!Thread.currentThread().isInterrupted()) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(100))) {
                    delays.arrived(number(record.key()));
                }
            }
        }
    }

    /** The digits in {@code {"id":17}}. */
    static int number(byte[] key) {
        String digits = new String(key, StandardCharsets.UTF_8).replaceAll("[^0-9]", "");
        return Integer.parseInt(digits);
    }

    /** Asks a table in the target, which is only added to, and by one writer, what has come to its end. */
    static Watcher ofTable(Servers servers, Table table, Delays delays) {
        return new Watcher(delays, () -> watchTable(servers, table, delays));
    }

    private static void watchTable(Servers servers, Table table, Delays delays)
            throws SQLException, InterruptedException {
        String query = "SELECT ctid::text, " + table.key() + " FROM " + table.name() + " WHERE ctid > ?::tid";
        try (Connection target = servers.postgres().connect(Servers.TARGET);
                PreparedStatement newest = target.prepareStatement(query)) {
            String last = "(0,0)";
            while (!Thread.currentThread().isInterrupted()) {
                newest.setString(1, last);
                try (ResultSet rows = newest.executeQuery()) {
                    while (rows.next()) {
                        last = rows.getString(1);
                        delays.arrived(rows.getInt(2));
                    }
                }
                Thread.sleep(LOOK_MILLIS);
            }
        }
    }

    @Override
    public void close() {
        thread.interrupt();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
