package io.millrace.source.notice;

import java.time.Duration;
import java.util.Set;

/**
 * Where notifications go.
 *
 * @param server the topic prefix
 * @param channels of log, sink, jmx
 * @param topic of the channel sink
 * @param progress between two notifications of how the stream goes; zero for none
 */
public record NoticeSettings(String server, Set<String> channels, String topic, Duration progress) {
    public NoticeSettings {
        channels = Set.copyOf(channels);
    }
}
