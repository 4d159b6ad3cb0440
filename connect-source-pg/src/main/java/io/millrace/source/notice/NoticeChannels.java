package io.millrace.source.notice;

import io.debezium.pipeline.notification.Notification;
import io.debezium.schema.SchemaFactory;
import io.debezium.schema.SchemaNameAdjuster;
import io.millrace.source.batch.RecordBatches;
import java.time.Clock;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Passes notifications to the channels that are asked for. Used by the thread that reads the source, but for
 * {@link #close}.
 *
 * @see <a href="https://debezium.io/documentation/reference/stable/configuration/notification.html">Receiving
 *     notifications</a>
 */
public final class NoticeChannels implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(NoticeChannels.class);
    private static final Schema KEY = SchemaFactory.get().notificationKeySchema(SchemaNameAdjuster.NO_OP);
    private static final Schema VALUE = SchemaFactory.get().notificationValueSchema(SchemaNameAdjuster.NO_OP);

    private final NoticeSettings settings;
    private final Clock clock;
    private final RecordBatches out;
    private final @Nullable JmxNotices jmx;

    /** @param task tells the beans of several tasks of a worker apart */
    public NoticeChannels(NoticeSettings settings, int task, Clock clock, RecordBatches out) {
        this.settings = settings;
        this.clock = clock;
        this.out = out;
        this.jmx = settings.channels().contains("jmx") ? JmxNotices.open(settings.server(), task) : null;
    }

    /** What is told: Debezium's fields. */
    public record Notice(String id, String aggregate, String type, Map<String, String> data) {}

    /**
     * Tells it everywhere.
     *
     * @param partition that the record in the topic goes under
     * @param offset that is stored with the record
     */
    public void tell(Notice notice, Map<String, ?> partition, Map<String, ?> offset) throws InterruptedException {
        if (settings.channels().isEmpty()) {
            return;
        }
        Map<String, String> data = new HashMap<>(notice.data());
        data.put("connector_name", settings.server());
        long now = clock.millis();
        if (settings.channels().contains("log")) {
            LOG.info(
                    "[Notification Service] {} {} of {}: {}",
                    notice.aggregate(),
                    notice.type(),
                    notice.id(),
                    new TreeMap<>(data));
        }
        if (jmx != null) {
            jmx.send(new Notification(notice.id(), notice.aggregate(), notice.type(), data, now));
        }
        if (settings.channels().contains("sink")) {
            Struct value = new Struct(VALUE)
                    .put("id", notice.id())
                    .put("type", notice.type())
                    .put("aggregate_type", notice.aggregate())
                    .put("additional_data", data)
                    .put("timestamp", now);
            out.add(
                    new SourceRecord(
                            partition,
                            offset,
                            settings.topic(),
                            null,
                            KEY,
                            new Struct(KEY).put("id", notice.id()),
                            VALUE,
                            value),
                    0);
        }
    }

    /** The task ends with an error. Its record moves no position. */
    public void failed(String id, Throwable cause) throws InterruptedException {
        Map<String, String> partition = new LinkedHashMap<>();
        partition.put("server", settings.server());
        partition.put("state", "notices");
        Map<String, String> data = Map.of("error", String.valueOf(cause.getMessage()));
        tell(new Notice(id, "Task", "FAILED", data), partition, Map.of("ts_ms", clock.millis()));
        out.flush();
    }

    /** Called by any thread. */
    @Override
    public void close() {
        if (jmx != null) {
            jmx.close();
        }
    }
}
