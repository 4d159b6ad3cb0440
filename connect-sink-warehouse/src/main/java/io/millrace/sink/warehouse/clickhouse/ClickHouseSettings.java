package io.millrace.sink.warehouse.clickhouse;

import org.apache.kafka.common.config.types.Password;

/**
 * Where the server is, how it is spoken to, and what tables look like.
 *
 * @param url {@code http://host:8123} or {@code https://host:8443}
 * @param database for tables whose name has no database, and for the ledger
 * @param compression whether what is sent is compressed (LZ4)
 * @param connectMillis how long to wait for a connection
 * @param requestMillis how long to wait for an answer
 * @param retries how often a request is repeated that ClickHouse calls worth it
 * @param rereads whether rows that come in part are completed from the table
 * @param versionColumn the column that says which of two rows of a key is later
 * @param deletedColumn the column that says that a row is only there to hide earlier ones
 * @param viewEnding behind a table's name: the view of its current rows; empty for none
 * @param window how many of a table's last inserts are remembered, so that none is done twice
 */
record ClickHouseSettings(
        String url,
        String database,
        String user,
        Password password,
        Tls tls,
        boolean compression,
        long connectMillis,
        long requestMillis,
        int retries,
        boolean rereads,
        String versionColumn,
        String deletedColumn,
        String viewEnding,
        int window) {
    private static final long PATIENCE_MILLIS = 10_000;

    /** Files on the worker; empty for none. */
    record Tls(
            String rootCertificate,
            String certificate,
            String key,
            String trustStore,
            Password trustStorePassword,
            String trustStoreType) {}

    /** The same for a look at the server that a user waits for. */
    ClickHouseSettings impatient() {
        return new ClickHouseSettings(
                url,
                database,
                user,
                password,
                tls,
                compression,
                Math.min(connectMillis, PATIENCE_MILLIS),
                requestMillis == 0 ? PATIENCE_MILLIS : Math.min(requestMillis, PATIENCE_MILLIS),
                0,
                rereads,
                versionColumn,
                deletedColumn,
                viewEnding,
                window);
    }

    boolean isSecure() {
        return url.startsWith("https:");
    }
}
