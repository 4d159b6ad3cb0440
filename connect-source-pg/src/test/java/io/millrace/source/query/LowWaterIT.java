package io.millrace.source.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.testing.PostgresServer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What is taken for settled by who sees, and by who has just lost the right to see. */
class LowWaterIT {
    private static PostgresServer postgres;

    @BeforeAll
    static void start() {
        postgres = PostgresServer.start();
        postgres.execute("CREATE ROLE blind LOGIN PASSWORD 'blind'");
    }

    @AfterAll
    static void stop() {
        postgres.close();
    }

    @Test
    void nothingIsSettledForWhoDoesNotSee() throws SQLException {
        try (Connection open = postgres.connect();
                Statement statement = open.createStatement();
                Connection session = DriverManager.getConnection(postgres.jdbcUrl(), "blind", "blind")) {
            open.setAutoCommit(false);
            statement.execute("SELECT now()");
            assertThat(LowWater.possible(session)).isFalse();
            assertThatThrownBy(() -> new LowWater().settled(session, null, 0))
                    .isInstanceOfSatisfying(
                            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("42501"));
        }
    }

    @Test
    void aPointIsSettledWhenEveryTransactionFromBeforeItIsOver() throws Exception {
        LowWater lowWater = new LowWater();
        try (Connection open = postgres.connect();
                Statement statement = open.createStatement();
                Connection session = postgres.connect()) {
            open.setAutoCommit(false);
            statement.execute("SELECT 1");
            long before = micros(session);
            assertThat(lowWater.settled(session, null, 0)).isNull();
            open.rollback();
            LowWater.Point settled = Objects.requireNonNull(lowWater.settled(session, null, 10_000));
            assertThat(settled.micros()).isGreaterThan(before - 1_000_000);
            statement.execute("SELECT 1");
            LowWater.Point next = lowWater.settled(session, null, 0);
            assertThat(next).as("it stays where it was").isEqualTo(settled);
            open.rollback();
        }
    }

    private static long micros(Connection session) throws SQLException {
        try (Statement statement = session.createStatement();
                var row = statement.executeQuery("SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::int8")) {
            row.next();
            return row.getLong(1);
        }
    }
}
