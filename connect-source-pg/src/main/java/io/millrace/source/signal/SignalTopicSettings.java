package io.millrace.source.signal;

import java.time.Duration;
import java.util.Map;

/**
 * Where signals are read from.
 *
 * @param key the records' key, which tells whom a signal is meant for: {@code topic.prefix}
 * @param poll the most that one look waits
 * @param consumer properties of the consumer
 */
public record SignalTopicSettings(String topic, String key, Duration poll, Map<String, Object> consumer) {
    public SignalTopicSettings {
        consumer = Map.copyOf(consumer);
    }

    /** Never shows the consumer's properties, which may hold a password. */
    @Override
    public String toString() {
        return "signals of " + key + " in " + topic;
    }
}
