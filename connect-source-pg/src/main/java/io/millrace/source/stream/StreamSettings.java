package io.millrace.source.stream;

import io.millrace.source.catalog.TableFilter;
import java.time.Duration;

/** What the stream needs of the configuration. {@code server} is the topic prefix. */
public record StreamSettings(
        String server,
        String slot,
        String publication,
        TableFilter filter,
        EventSettings events,
        Duration statusInterval,
        Duration heartbeatInterval) {}
