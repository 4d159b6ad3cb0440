package io.millrace.source.query;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testing.PostgresOptions;
import io.millrace.testing.PostgresServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What a watermark waits for where no transaction of its database is open. */
class WaitsIT {
    private static PostgresServer postgres;

    @BeforeAll
    static void start() {
        postgres = PostgresServer.start(PostgresOptions.defaults().with("max_prepared_transactions", "5"));
    }

    @AfterAll
    static void stop() {
        postgres.close();
    }

    @Test
    void aPreparedTransactionIsNamed() throws SQLException, InterruptedException {
        postgres.execute("CREATE TABLE t(id int)");
        try (Connection session = postgres.connect();
                Connection writer = postgres.connect();
                Statement statement = writer.createStatement()) {
            statement.execute("BEGIN; INSERT INTO t VALUES (1); PREPARE TRANSACTION 'it''s forgotten'");
            LowWater lowWater = new LowWater();
            assertThat(lowWater.settled(session, null, 0)).isNull();
            assertThat(LowWater.waitsFor(session, null))
                    .isEqualTo("the prepared transaction 'it''s forgotten' of database postgres");
            statement.execute("ROLLBACK PREPARED 'it''s forgotten'");
            assertThat(lowWater.settled(session, null, 60_000)).isNotNull();
        }
    }

    @Test
    void aTransactionOfAnotherDatabaseIsNamed() throws SQLException, InterruptedException {
        postgres.createDatabase("other");
        try (Connection session = postgres.connect();
                Connection writer = postgres.connect("other");
                Statement statement = writer.createStatement()) {
            statement.execute("BEGIN; SELECT pg_current_xact_id()");
            // The snapshot's xmax is behind the last transaction that is over.
            postgres.execute("SELECT pg_current_xact_id()");
            LowWater lowWater = new LowWater();
            assertThat(lowWater.settled(session, null, 0)).isNull();
            assertThat(LowWater.waitsFor(session, null))
                    .startsWith("the transaction of pid")
                    .endsWith("of database other");
            statement.execute("ROLLBACK");
            assertThat(lowWater.settled(session, null, 60_000)).isNotNull();
        }
    }
}
