package io.millrace.source;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.testing.Await;
import io.millrace.testing.ConnectWorker;
import io.millrace.testing.KafkaBroker;
import io.millrace.testing.PostgresServer;
import io.millrace.testing.Topics;
import io.millrace.testing.WorkerOptions;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.Notification;
import javax.management.NotificationFilter;
import javax.management.ObjectName;
import javax.management.openmbean.CompositeData;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What a worker shows of a running mirror: metrics, and notifications in every channel. */
@Tag("extended")
class ProgressIT {
    private static final MBeanServer BEANS = ManagementFactory.getPlatformMBeanServer();
    private static final ObjectMapper JSON = new ObjectMapper();
    private static PostgresServer postgres;
    private static KafkaBroker broker;
    private static ConnectWorker worker;

    @BeforeAll
    static void start() {
        postgres = PostgresServer.start();
        broker = KafkaBroker.start();
        worker = ConnectWorker.embedded(broker, WorkerOptions.withModules("connect-source-pg"));
        postgres.execute(
                "CREATE SCHEMA shown",
                "CREATE TABLE shown.t(id int4 PRIMARY KEY)",
                "INSERT INTO shown.t SELECT generate_series(1, 3000)");
        Map<String, String> config = CdcMirror.config(postgres, "shown");
        config.put("tasks.max", "1");
        config.put("snapshot.rows.per.partition", "1000");
        config.put("notification.enabled.channels", "jmx,sink,log");
        config.put("notification.sink.topic.name", "shown-notices");
        config.put("notification.progress.interval.ms", "1");
        worker.rest().put("shown", config);
        worker.rest().awaitRunning("shown", 1);
    }

    @AfterAll
    static void stop() {
        worker.close();
        broker.close();
        postgres.close();
    }

    private static long metric(String name) {
        try {
            ObjectName pattern = new ObjectName("kafka.connect:type=plugins,connector=shown,task=0,*");
            for (ObjectName bean : BEANS.queryNames(pattern, null)) {
                for (var attribute : BEANS.getMBeanInfo(bean).getAttributes()) {
                    if (attribute.getName().equals(name)) {
                        return ((Number) BEANS.getAttribute(bean, name)).longValue();
                    }
                }
            }
            return -1;
        } catch (JMException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void theWorkerHasTheTasksMetrics() {
        Await.until("the copied rows are counted", () -> metric("rows-total") >= 3000);
        Await.until(
                "all chunks are copied",
                () -> metric("chunks-planned") > 1 && metric("chunks-copied") == metric("chunks-planned"));
        long rows = metric("rows-total");
        Await.until("the slot is looked at", () -> {
            postgres.execute("INSERT INTO shown.t SELECT max(id) + 1 FROM shown.t");
            return metric("slot-wal-bytes") > 0;
        });
        Await.until("streamed rows are counted", () -> metric("rows-total") > rows);
        assertThat(metric("transactions-total")).isPositive();
        assertThat(metric("bytes-total")).isGreaterThan(4 * 3000);
        assertThat(metric("commit-delay-ms")).isBetween(0L, 600_000L);
    }

    @Test
    void theStreamsProgressIsToldThroughJmxAndATopic() throws Exception {
        ObjectName name = new ObjectName("debezium.postgres:type=management,context=notifications,server=shown");
        Await.until("the bean is there", () -> BEANS.isRegistered(name));
        List<Notification> heard = new CopyOnWriteArrayList<>();
        // The initial copy tells of itself too.
        NotificationFilter streaming = notification -> isStreaming(String.valueOf(notification.getUserData()));
        BEANS.addNotificationListener(name, (notification, nothing) -> heard.add(notification), streaming, null);
        Await.until("a notification is sent", () -> !heard.isEmpty());
        assertThat(heard.get(0).getType()).isEqualTo("debezium.notification");
        JsonNode told = JSON.readTree(String.valueOf(heard.get(0).getUserData()));
        assertThat(told.get("type").asText()).isEqualTo("IN_PROGRESS");
        assertThat(told.at("/additionalData/lsn").asText()).matches("[0-9A-F]+/[0-9A-F]+");
        assertThat(told.at("/additionalData/slot_wal_bytes").asText()).matches("\\d+");
        CompositeData[] kept = (CompositeData[]) BEANS.getAttribute(name, "Notifications");
        assertThat(kept)
                .anySatisfy(each -> assertThat(each.get("aggregateType")).isEqualTo("Streaming"));
        List<JsonNode> sent = new ArrayList<>();
        Await.until("the topic has it", () -> {
            sent.add(CdcMirror.values(broker, "shown-notices", sent.size() + 1).get(sent.size()));
            return sent.get(sent.size() - 1).get("aggregate_type").asText().equals("Streaming");
        });
        assertThat(sent.get(sent.size() - 1)
                        .at("/additional_data/commit_delay_ms")
                        .asText())
                .matches("\\d+");
    }

    private static boolean isStreaming(String notice) {
        try {
            return JSON.readTree(notice).get("aggregateType").asText().equals("Streaming");
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(notice, e);
        }
    }

    @Test
    void aFailureIsTold() throws Exception {
        postgres.execute("CREATE SCHEMA failing", "CREATE TABLE failing.t(id int4 PRIMARY KEY)");
        Map<String, String> config = CdcMirror.config(postgres, "failing");
        config.put("tasks.max", "1");
        config.put("snapshot.mode", "no_data");
        config.put("notification.enabled.channels", "sink");
        config.put("notification.sink.topic.name", "failing-notices");
        config.put("notification.progress.interval.ms", "0");
        worker.rest().put("failing", config);
        worker.rest().awaitRunning("failing", 1);
        CdcMirror.values(broker, "__debezium-heartbeat.failing", 1);
        Mishap.dropSlot(postgres, "failing");
        assertThat(worker.rest().awaitFailed("failing")).contains("does not exist any more");
        try (Topics topics = broker.topics()) {
            String told = new String(
                    topics.read("failing-notices", 1, java.time.Duration.ofSeconds(60))
                            .get(0)
                            .value(),
                    StandardCharsets.UTF_8);
            assertThat(told).contains("FAILED", "slot \\\"failing\\\" does not exist any more");
        }
    }
}
