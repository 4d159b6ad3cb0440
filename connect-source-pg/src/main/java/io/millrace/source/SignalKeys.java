package io.millrace.source;

import static org.apache.kafka.common.config.ConfigDef.Importance.LOW;
import static org.apache.kafka.common.config.ConfigDef.Importance.MEDIUM;
import static org.apache.kafka.common.config.ConfigDef.Range.atLeast;

import io.millrace.core.ConfigGroup;
import io.millrace.source.signal.SignalTopicSettings;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef.Type;
import org.jspecify.annotations.Nullable;

/** Configuration keys of the topic that signals come by, alike in both sources. */
final class SignalKeys {
    static final String CHANNELS = "signal.enabled.channels";
    static final String SERVERS = "signal.kafka.bootstrap.servers";
    private static final String TOPIC = "signal.kafka.topic";
    private static final String GROUP = "signal.kafka.groupId";
    private static final String POLL = "signal.kafka.poll.timeout.ms";

    private SignalKeys() {}

    static ConfigGroup topic(ConfigGroup group) {
        return group.optional(
                        TOPIC,
                        Type.STRING,
                        "",
                        MEDIUM,
                        "The topic of signals, of one partition; topic.prefix with -signal unless set. The key of a record has to be topic.prefix. What the topic held before a mirror began is not followed.")
                .optional(SERVERS, Type.STRING, "", MEDIUM, "Kafka servers that the signals' topic is read from.")
                .optional(
                        GROUP,
                        Type.STRING,
                        "kafka-signal",
                        LOW,
                        "Consumer group to read the signals' topic as. Where to go on is kept with the source offsets.")
                .optional(
                        POLL,
                        Type.INT,
                        100,
                        atLeast(1),
                        LOW,
                        "Most milliseconds that one look at the signals' topic waits. Other properties of the consumer are given with the prefix signal.consumer.");
    }

    /**
     * Null when signals do not come by a topic.
     *
     * @param prefix the topic prefix
     */
    static @Nullable SignalTopicSettings topic(AbstractConfig config, String prefix) {
        if (!config.getList(CHANNELS).contains("kafka")) {
            return null;
        }
        Map<String, Object> consumer = new HashMap<>();
        consumer.put("group.id", config.getString(GROUP));
        consumer.put("bootstrap.servers", config.getString(SERVERS));
        consumer.putAll(config.originalsWithPrefix("signal.consumer."));
        String topic = config.getString(TOPIC);
        return new SignalTopicSettings(
                topic.isEmpty() ? prefix + "-signal" : topic, prefix, Duration.ofMillis(config.getInt(POLL)), consumer);
    }
}
