package io.millrace.benchmarks.duckdb;

import java.math.BigDecimal;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Properties;
import java.util.UUID;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.sink.SinkRecord;
import org.duckdb.DuckDBAppender;
import org.duckdb.DuckDBConnection;

/**
 * What one writes who knows the table: the Appender, and for upsert a MERGE from a temporary table; a transaction for
 * every 50,000 rows. No ledger, no folding, no types looked up.
 */
final class ByHand {
    private static final int BATCH = 50_000;
    private static final String COLUMNS = "id BIGINT, t1 VARCHAR, t2 VARCHAR, t3 VARCHAR, amt DECIMAL(18,4),"
            + " ts TIMESTAMPTZ, js JSON, flag BOOLEAN, u UUID, arr INTEGER[]";
    private static final String MERGE = "MERGE INTO wide USING s ON wide.id = s.id WHEN MATCHED THEN UPDATE SET"
            + " t1 = s.t1, t2 = s.t2, t3 = s.t3, amt = s.amt, ts = s.ts, js = s.js, flag = s.flag, u = s.u, arr = s.arr"
            + " WHEN NOT MATCHED THEN INSERT";

    private final Properties properties = new Properties();

    /** @param checkpointThreshold empty for DuckDB's own */
    ByHand(String checkpointThreshold) {
        properties.setProperty("storage_compatibility_version", "v1.4.0");
        properties.setProperty("memory_limit", "1GB");
        if (!checkpointThreshold.isEmpty()) {
            properties.setProperty("checkpoint_threshold", checkpointThreshold);
        }
    }

    /** Returns rows a second, until the last commit. */
    double write(Path file, List<SinkRecord> records, boolean upsert) throws SQLException {
        try (DuckDBConnection connection = DriverManager.getConnection("jdbc:duckdb:" + file, properties)
                        .unwrap(DuckDBConnection.class);
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE IF NOT EXISTS wide (" + COLUMNS + ")");
            long start = System.nanoTime();
            for (int from = 0; from < records.size(); from += BATCH) {
                List<SinkRecord> batch = records.subList(from, Math.min(records.size(), from + BATCH));
                statement.execute("BEGIN");
                if (upsert) {
                    statement.execute("CREATE OR REPLACE TEMPORARY TABLE s (" + COLUMNS + ")");
                    append(connection, "temp", "s", batch);
                    statement.execute(MERGE);
                } else {
                    append(connection, connection.getCatalog(), "wide", batch);
                }
                statement.execute("COMMIT");
            }
            return records.size() * 1e9 / (System.nanoTime() - start);
        }
    }

    private static void append(DuckDBConnection connection, String catalog, String table, List<SinkRecord> batch)
            throws SQLException {
        try (DuckDBAppender appender = connection.createAppender(catalog, "main", table)) {
            for (SinkRecord record : batch) {
                Struct row = ((Struct) record.value()).getStruct("after");
                appender.beginRow();
                appender.append(row.getInt64("id").longValue());
                appender.append(row.getString("t1"));
                appender.append(row.getString("t2"));
                appender.append(row.getString("t3"));
                appender.append((BigDecimal) row.get("amt"));
                appender.append(OffsetDateTime.parse(row.getString("ts")));
                appender.append(row.getString("js"));
                appender.append(row.getBoolean("flag").booleanValue());
                appender.append(UUID.fromString(row.getString("u")));
                appender.append(row.<Integer>getArray("arr"));
                appender.endRow();
            }
        }
    }
}
