package io.millrace.sink.warehouse.duckdb;

import java.util.Properties;
import org.apache.kafka.common.config.types.Password;

/**
 * Where the database is and how it is opened.
 *
 * @param database a file, or {@code md:name} for MotherDuck
 * @param token MotherDuck's; empty where it is a file
 * @param storageVersion oldest DuckDB that is to read a file made here
 * @param memoryLimit as DuckDB writes sizes; empty for its own default
 * @param checkpointThreshold as DuckDB writes sizes
 * @param threads 0 for DuckDB's own default
 * @param temporaryFolder empty for DuckDB's own default, beside the file
 * @param lockTimeoutMillis how long another process may hold the file
 * @param releaseMillis when nothing has been written for so long the file is closed; negative: never
 */
record DuckDbSettings(
        String database,
        Password token,
        String storageVersion,
        String memoryLimit,
        String checkpointThreshold,
        int threads,
        String temporaryFolder,
        long lockTimeoutMillis,
        long releaseMillis) {
    static final String MOTHERDUCK = "md:";

    boolean isMotherDuck() {
        return database.startsWith(MOTHERDUCK);
    }

    String url() {
        return "jdbc:duckdb:" + database;
    }

    /** What is given when the database is opened; holds the token. */
    Properties properties() {
        Properties properties = new Properties();
        if (isMotherDuck()) {
            properties.setProperty("motherduck_token", token.value());
            properties.setProperty("custom_user_agent", "millrace");
        } else {
            properties.setProperty("storage_compatibility_version", storageVersion);
            properties.setProperty("checkpoint_threshold", checkpointThreshold);
            // A worker is not to fetch code over the network because a table happens to need some.
            properties.setProperty("autoinstall_known_extensions", "false");
        }
        if (!memoryLimit.isEmpty()) {
            properties.setProperty("memory_limit", memoryLimit);
        }
        if (threads > 0) {
            properties.setProperty("threads", String.valueOf(threads));
        }
        if (!temporaryFolder.isEmpty()) {
            properties.setProperty("temp_directory", temporaryFolder);
        }
        return properties;
    }
}
