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
        Duration heartbeatInterval) {
    private static final int LONGEST_NAME = 63;

    /** What the walsender shows in {@code pg_stat_activity}, by which a mirror knows its own. */
    public static String applicationName(String server) {
        String name = "millrace stream " + server;
        return name.length() > LONGEST_NAME ? name.substring(0, LONGEST_NAME) : name;
    }
}
