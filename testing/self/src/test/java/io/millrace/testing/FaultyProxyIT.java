package io.millrace.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class FaultyProxyIT {
    private static PostgresServer postgres;

    @BeforeAll
    static void start() {
        postgres = PostgresServer.start();
    }

    @AfterAll
    static void stop() {
        postgres.close();
    }

    @Test
    void countsARoundTripForEachStatement() throws SQLException {
        try (var proxy = new FaultyProxy(postgres);
                var connection = through(proxy)) {
            proxy.resetCounts();
            for (int i = 0; i < 5; i++) {
                connection.createStatement().execute("SELECT 1");
            }
            assertThat(proxy.roundTrips()).isEqualTo(5);
            assertThat(proxy.bytesToServer()).isBetween(50L, 1000L);
            assertThat(proxy.bytesToClient()).isBetween(50L, 1000L);
        }
    }

    @Test
    void addsToTheRoundTripButNotToEachByte() throws SQLException {
        try (var proxy = new FaultyProxy(postgres);
                var connection = through(proxy)) {
            proxy.addRoundTrip(Duration.ofMillis(50));
            long start = System.nanoTime();
            connection.createStatement().execute("SELECT 1");
            long one = System.nanoTime() - start;
            start = System.nanoTime();
            connection.createStatement().execute("SELECT repeat('x', 1000) FROM generate_series(1, 5000)");
            long many = System.nanoTime() - start;
            assertThat(Duration.ofNanos(one)).isGreaterThanOrEqualTo(Duration.ofMillis(50));
            // In pieces of 16 kB each delayed for itself it would take 15 seconds.
            assertThat(Duration.ofNanos(many)).isBetween(Duration.ofMillis(50), Duration.ofSeconds(10));
        }
    }

    @Test
    void cutsNowAndAfterSoManyBytesAndLetsNewConnectionsIn() throws SQLException {
        try (var proxy = new FaultyProxy(postgres)) {
            var cutNow = through(proxy);
            proxy.cut();
            assertThatThrownBy(() -> cutNow.createStatement().execute("SELECT 1"))
                    .isInstanceOf(SQLException.class);
            var cutLater = through(proxy);
            proxy.cutAfter(100_000);
            cutLater.createStatement().execute("SELECT 1");
            assertThatThrownBy(() -> cutLater.createStatement().execute("SELECT repeat('x', 200000)"))
                    .isInstanceOf(SQLException.class);
            try (var again = through(proxy)) {
                again.createStatement().execute("SELECT repeat('x', 200000)");
                assertThat(proxy.opened()).isEqualTo(3);
            }
            Await.until("the closed connection is forgotten", () -> proxy.openNow() == 0);
        }
    }

    @Test
    void stallsAndResumes() throws SQLException {
        try (var proxy = new FaultyProxy(postgres);
                var connection = through(proxy)) {
            connection.setNetworkTimeout(Runnable::run, 10_000);
            proxy.stall();
            FaultyProxy.daemon("resume", () -> {
                Await.pause(Duration.ofMillis(300));
                proxy.resume();
            });
            long start = System.nanoTime();
            connection.createStatement().execute("SELECT 1");
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(250));
        }
    }

    private static Connection through(FaultyProxy proxy) throws SQLException {
        String url = "jdbc:postgresql://" + proxy.host() + ":" + proxy.port() + "/" + postgres.database();
        return DriverManager.getConnection(url, postgres.user(), postgres.password());
    }
}
