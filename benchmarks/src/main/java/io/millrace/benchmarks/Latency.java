package io.millrace.benchmarks;

import io.millrace.testing.ConnectWorker;
import io.millrace.testing.WorkerOptions;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * From the commit in the source to a consumer of the topic, at a hundred changes a second on a worker of its own: each
 * change a transaction, timed in this process from the commit's return to the record's arrival.
 */
final class Latency {
    private static final int WARM_UP = 1000;
    private static final int CHANGES = 3000;
    private static final long EVERY_NANOS = 10_000_000;
    private static final Pattern ID = Pattern.compile("\"after\":\\{\"id\":(\\d+)");

    private Latency() {}

    /** Prints the median and the 99th percentile in milliseconds, without exactly-once and with it. */
    public static void main(String[] args) throws Exception {
        try (Servers servers = Servers.start()) {
            for (boolean exactlyOnce : List.of(false, true)) {
                WorkerOptions options = WorkerOptions.withModules("connect-source-pg")
                        .group(exactlyOnce ? "once" : "plain")
                        .with("exactly.once.source.support", exactlyOnce ? "enabled" : "disabled");
                try (ConnectWorker worker = ConnectWorker.process(servers.broker(), options)) {
                    for (String linger : List.of("default", "0")) {
                        long[] nanos = run(servers, worker, exactlyOnce, linger);
                        System.out.printf(
                                "exactly-once %s, linger.ms %s: median %.1f ms, p99 %.1f ms, most %.1f ms%n",
                                exactlyOnce ? "on" : "off",
                                linger,
                                nanos[nanos.length / 2] / 1e6,
                                nanos[nanos.length * 99 / 100] / 1e6,
                                nanos[nanos.length - 1] / 1e6);
                    }
                }
            }
        }
    }

    private static long[] run(Servers servers, ConnectWorker worker, boolean exactlyOnce, String linger)
            throws Exception {
        String name = "latency" + System.nanoTime();
        servers.postgres().execute("CREATE TABLE " + name + " (id int4 PRIMARY KEY, v text)");
        Map<String, String> config = new HashMap<>();
        config.put("connector.class", "io.millrace.source.PostgresCdcSourceConnector");
        config.put("database.hostname", servers.postgres().host());
        config.put("database.port", String.valueOf(servers.postgres().port()));
        config.put("database.user", servers.postgres().user());
        config.put("database.password", servers.postgres().password());
        config.put("database.dbname", servers.postgres().database());
        config.put("topic.prefix", name);
        config.put("slot.name", name);
        config.put("publication.name", name);
        config.put("table.include.list", "public." + name);
        config.put("tasks.max", "1");
        config.put("value.converter", "org.apache.kafka.connect.json.JsonConverter");
        config.put("value.converter.schemas.enable", "false");
        config.put("exactly.once.support", exactlyOnce ? "required" : "requested");
        if (!linger.equals("default")) {
            config.put("producer.override.linger.ms", linger);
        }
        TopicPartition partition = new TopicPartition(name + ".public." + name, 0);
        servers.topics().create(partition.topic(), 1);
        worker.rest().put(name, config);
        worker.rest().awaitRunning(name, 1);
        try (KafkaConsumer<byte[], byte[]> consumer = consumer(servers)) {
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long[] committed = new long[WARM_UP + CHANGES];
            Thread writer = new Thread(() -> write(servers, name, committed));
            writer.start();
            List<Long> delays = new ArrayList<>();
            int seen = 0;
            while (seen < committed.length) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofSeconds(60))) {
                    long now = System.nanoTime();
                    Matcher id = ID.matcher(new String(record.value(), StandardCharsets.UTF_8));
                    if (id.find()) {
                        seen++;
                        int change = Integer.parseInt(id.group(1));
                        if (change >= WARM_UP) {
                            // The record may be here before the commit's answer.
                            long at = committed[change];
                            delays.add(at == 0 ? 0 : now - at);
                        }
                    }
                }
            }
            writer.join();
            return delays.stream().mapToLong(Long::longValue).sorted().toArray();
        } finally {
            worker.rest().delete(name);
        }
    }

    private static void write(Servers servers, String table, long[] committed) {
        try (Connection connection = servers.postgres().connect();
                PreparedStatement insert = connection.prepareStatement("INSERT INTO " + table + " VALUES (?, 'x')")) {
            long next = System.nanoTime();
            for (int i = 0; i < committed.length; i++) {
                next += EVERY_NANOS;
                while (System.nanoTime() < next) {
                    Thread.sleep(0, 500_000);
                }
                insert.setInt(1, i);
                insert.execute();
                committed[i] = System.nanoTime();
            }
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static KafkaConsumer<byte[], byte[]> consumer(Servers servers) {
        Map<String, Object> properties = new HashMap<>();
        properties.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, servers.broker().bootstrapServers());
        properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        return new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }
}
