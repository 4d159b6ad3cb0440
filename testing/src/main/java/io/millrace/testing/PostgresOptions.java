package io.millrace.testing;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How a Postgres is started.
 *
 * @param version major version
 * @param durable whether fsync and synchronous_commit are on; off is faster and fine for tests that cut no power
 * @param settings server settings on top of those that logical decoding needs
 */
public record PostgresOptions(int version, boolean durable, Map<String, String> settings) {
    private static final int NEWEST = 18;

    public PostgresOptions {
        settings = Map.copyOf(settings);
    }

    /** As {@link #defaults}, but the newest version where the build asks for one before this. */
    public static PostgresOptions atLeast(int version) {
        PostgresOptions options = defaults();
        return options.version() < version ? options.version(NEWEST) : options;
    }

    /** The version that the build asks for, not durable. */
    public static PostgresOptions defaults() {
        return new PostgresOptions(Settings.postgresVersion(), false, Map.of());
    }

    public PostgresOptions version(int major) {
        return new PostgresOptions(major, durable, settings);
    }

    public PostgresOptions durable(boolean on) {
        return new PostgresOptions(version, on, settings);
    }

    public PostgresOptions with(String setting, String value) {
        var all = new LinkedHashMap<>(settings);
        all.put(setting, value);
        return new PostgresOptions(version, durable, all);
    }

    /** All server settings, those of {@link #settings} last. */
    Map<String, String> serverSettings() {
        var all = new LinkedHashMap<String, String>();
        all.put("wal_level", "logical");
        all.put("max_connections", "100");
        all.put("max_wal_senders", "20");
        all.put("max_replication_slots", "20");
        // A slot that nobody reads must not fill the disk of whoever runs the tests.
        all.put("max_slot_wal_keep_size", "8GB");
        all.put("fsync", durable ? "on" : "off");
        all.put("full_page_writes", durable ? "on" : "off");
        all.put("synchronous_commit", durable ? "on" : "off");
        all.put("max_wal_size", "4GB");
        all.put("shared_buffers", "128MB");
        all.put("log_min_messages", "warning");
        all.putAll(settings);
        return all;
    }
}
