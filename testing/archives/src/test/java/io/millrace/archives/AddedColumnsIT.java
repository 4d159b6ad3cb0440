package io.millrace.archives;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.sink.TaskDriver;
import io.millrace.sink.TopicLog;
import io.millrace.sink.pg.PostgresSinkTask;
import io.millrace.sink.warehouse.WarehouseSinkTask;
import io.millrace.testing.PostgresServer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.sink.SinkTask;
import org.apache.kafka.connect.source.SourceRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Columns that are added to a table with rows, which get their defaults in the source without an event for each. */
class AddedColumnsIT {
    private static final String ROWS =
            "SELECT id, uid, kind, CAST(seen AS text) AS seen, n FROM public.orders ORDER BY id";

    @TempDir
    private Path folder;

    private final TopicLog log = new TopicLog();

    @Test
    void constantsArriveAndWhatIsComputedIsNotMadeUp() throws Exception {
        try (PostgresServer server = PostgresServer.start()) {
            server.createDatabase("source");
            server.createDatabase("mirror");
            server.executeIn(
                    "source", "CREATE TABLE orders (id int PRIMARY KEY)", "INSERT INTO orders VALUES (1), (2)");
            SourceCopy source = new SourceCopy(server, "source", "orders", "initial");
            add(source.read(rows -> rows.size() >= 2));
            mirror(server);
            server.executeIn(
                    "source",
                    "ALTER TABLE orders ADD COLUMN uid uuid NOT NULL DEFAULT gen_random_uuid(),"
                            + " ADD COLUMN kind text NOT NULL DEFAULT 'it''s',"
                            + " ADD COLUMN seen timestamptz NOT NULL DEFAULT now(),"
                            + " ADD COLUMN n int NOT NULL DEFAULT (random() * 10)::int",
                    "INSERT INTO orders VALUES (3, 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', 'new', '2020-01-01Z', 7)");
            add(source.read(rows -> rows.stream().anyMatch(AddedColumnsIT::isInsert)));
            mirror(server);
            try (Connection target = server.connect("mirror")) {
                check(target);
            }
            try (Connection target = DriverManager.getConnection("jdbc:duckdb:" + folder.resolve("mirror.db"))) {
                check(target);
            }
        }
    }

    private void add(List<SourceRecord> records) {
        for (SourceRecord record : records) {
            log.add(record.topic(), record.keySchema(), record.key(), record.valueSchema(), record.value(), null);
        }
    }

    private static boolean isInsert(SourceRecord record) {
        return ((Struct) record.value()).getString("op").equals("c");
    }

    private void mirror(PostgresServer server) {
        run(
                new PostgresSinkTask(),
                Map.of(
                        "name",
                        "postgres",
                        "connection.url",
                        server.jdbcUrl("mirror"),
                        "connection.username",
                        server.user(),
                        "connection.password",
                        server.password()));
        run(
                new WarehouseSinkTask(),
                Map.of(
                        "name",
                        "duckdb",
                        "warehouse.type",
                        "duckdb",
                        "duckdb.database",
                        folder.resolve("mirror.db").toString()));
    }

    private void run(SinkTask sink, Map<String, String> config) {
        try (TaskDriver task = new TaskDriver(log, sink, new HashMap<>(config), false)) {
            task.open().drain();
        }
    }

    private static void check(Connection target) throws SQLException {
        try (Statement statement = target.createStatement()) {
            statement.execute("SET TimeZone = 'UTC'");
            try (ResultSet row = statement.executeQuery(ROWS)) {
                for (int id = 1; id <= 2; id++) {
                    assertThat(row.next()).isTrue();
                    assertThat(row.getInt("id")).isEqualTo(id);
                    assertThat(row.getString("kind")).isEqualTo("it's");
                    for (String computed : List.of("uid", "seen", "n")) {
                        assertThat(row.getString(computed)).as(computed).isNull();
                    }
                }
                assertThat(row.next()).isTrue();
                assertThat(row.getString("uid")).isEqualTo("a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11");
                assertThat(row.getString("kind")).isEqualTo("new");
                assertThat(row.getString("seen")).startsWith("2020-01-01 00:00:00");
                assertThat(row.getInt("n")).isEqualTo(7);
                assertThat(row.next()).isFalse();
            }
        }
    }
}
