package io.millrace.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.DriverManager;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PostgresServerIT {
    @ParameterizedTest
    @ValueSource(ints = {14, 18})
    void decodesLogicallyAndComesBackAfterAKill(int version) throws SQLException {
        var options = PostgresOptions.defaults().version(version).durable(true).with("work_mem", "7MB");
        try (var postgres = PostgresServer.start(options)) {
            assertThat(query(postgres, "SHOW server_version_num")).startsWith(String.valueOf(version));
            assertThat(query(postgres, "SHOW fsync")).isEqualTo("on");
            assertThat(query(postgres, "SHOW work_mem")).isEqualTo("7MB");
            assertThat(query(postgres, "SELECT slot_name FROM pg_create_logical_replication_slot('s', 'pgoutput')"))
                    .isEqualTo("s");
            postgres.createDatabase("other");
            postgres.executeIn("other", "CREATE TABLE t (id int)", "INSERT INTO t VALUES (1)");

            postgres.kill();
            assertThatThrownBy(postgres::connect).isInstanceOf(SQLException.class);
            postgres.restart();

            try (var connection = postgres.connect("other");
                    var rows = connection.createStatement().executeQuery("SELECT count(*) FROM t")) {
                assertThat(rows.next()).isTrue();
                assertThat(rows.getInt(1)).isEqualTo(1);
            }
            assertThat(query(postgres, "SELECT slot_name FROM pg_replication_slots"))
                    .isEqualTo("s");
        }
    }

    @Test
    void runsInEveryWayThatIsOpenToThisUser() throws SQLException {
        for (Unprivileged user : Unprivileged.open()) {
            try (var postgres = new EmbeddedPostgresServer(PostgresOptions.defaults(), user)) {
                assertThat(query(postgres, "SELECT 1")).as("%s", user).isEqualTo("1");
            }
        }
    }

    @Test
    void asksForThePassword() {
        try (var postgres = PostgresServer.start()) {
            assertThatThrownBy(() -> DriverManager.getConnection(postgres.jdbcUrl(), postgres.user(), "wrong")
                            .close())
                    .hasMessageContaining("password authentication failed");
        }
    }

    private static String query(PostgresServer postgres, String sql) throws SQLException {
        try (var connection = postgres.connect();
                var rows = connection.createStatement().executeQuery(sql)) {
            rows.next();
            return rows.getString(1);
        }
    }
}
