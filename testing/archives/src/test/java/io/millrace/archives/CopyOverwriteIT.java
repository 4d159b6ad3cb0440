package io.millrace.archives;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testing.Await;
import io.millrace.testing.ConnectWorker;
import io.millrace.testing.KafkaBroker;
import io.millrace.testing.PostgresServer;
import io.millrace.testing.Topics;
import io.millrace.testing.WorkerOptions;
import io.millrace.testing.WorkerProcess;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Whole copies of the CDC source, told as generations, replace the tables of a sink that overwrites. */
@Tag("extended")
class CopyOverwriteIT {
    private static final int ROWS = 30_000;
    private static final List<String> TABLES = List.of("big", "parts", "empty", "seen");

    private final PostgresServer postgres = PostgresServer.start();
    private final KafkaBroker broker = KafkaBroker.start();
    private final WorkerProcess worker = ConnectWorker.process(
            broker,
            WorkerOptions.withModules("connect-source-pg", "connect-sink-pg").heap("400m"));

    private Map<String, String> sourceConfig() {
        Map<String, String> config = new HashMap<>();
        config.put("connector.class", "io.millrace.source.PostgresCdcSourceConnector");
        config.put("tasks.max", "2");
        config.put("database.hostname", postgres.host());
        config.put("database.port", Integer.toString(postgres.port()));
        config.put("database.user", postgres.user());
        config.put("database.password", postgres.password());
        config.put("database.dbname", postgres.database());
        config.put("topic.prefix", "w");
        config.put("snapshot.mode", "initial_only");
        config.put("publish.via.partition.root", "true");
        config.put("table.include.list", "whole\\.(big|parts|empty),whole.seen");
        config.put("message.key.columns", "whole\\.seen:id");
        config.put("snapshot.rows.per.partition", "2000");
        return config;
    }

    private Map<String, String> sinkConfig() {
        Map<String, String> config = new HashMap<>();
        config.put("connector.class", "io.millrace.sink.pg.PostgresSinkConnector");
        config.put("tasks.max", "2");
        config.put("topics.regex", "(w\\.whole\\..+)|(__millrace-manifest\\.w)");
        config.put("connection.url", "jdbc:postgresql://" + postgres.host() + ":" + postgres.port() + "/mirror");
        config.put("connection.username", postgres.user());
        config.put("connection.password", postgres.password());
        config.put("insert.mode", "overwrite");
        config.put("auto.create", "true");
        config.put("value.converter", "org.apache.kafka.connect.json.JsonConverter");
        config.put("value.converter.replace.null.with.default", "false");
        config.put("consumer.override.metadata.max.age.ms", "1000");
        return config;
    }

    @Test
    void eachCopyReplacesTheOneBeforeThoughAWorkerDiesInItsMiddle() throws Exception {
        postgres.createDatabase("mirror");
        postgres.executeIn(
                "mirror",
                "CREATE SCHEMA whole",
                // What no copy ever had has to go.
                "CREATE TABLE whole.big(id bigint PRIMARY KEY, v integer, pad text)",
                "INSERT INTO whole.big VALUES (-1, 0, 'old')",
                "CREATE TABLE whole.empty(id bigint PRIMARY KEY)",
                "INSERT INTO whole.empty VALUES (5)");
        postgres.execute(
                "CREATE SCHEMA whole",
                "CREATE TABLE whole.big(id bigint PRIMARY KEY, v integer, pad text)",
                "INSERT INTO whole.big SELECT i, 0, repeat('x', 300) FROM generate_series(1, " + ROWS + ") i",
                "CREATE TABLE whole.parts(id bigint PRIMARY KEY, v integer) PARTITION BY RANGE (id)",
                "CREATE TABLE whole.p1 PARTITION OF whole.parts FOR VALUES FROM (0) TO (1000)",
                "CREATE TABLE whole.p2 PARTITION OF whole.parts FOR VALUES FROM (1000) TO (2000)",
                "INSERT INTO whole.parts SELECT i, 0 FROM generate_series(1, 1999) i",
                "CREATE TABLE whole.empty(id bigint PRIMARY KEY)",
                "CREATE VIEW whole.seen AS SELECT id, v FROM whole.parts WHERE id % 2 = 0",
                "ANALYZE");
        try (Topics topics = broker.topics()) {
            worker.rest().put("whole-source", sourceConfig());
            worker.rest().put("whole-sink", sinkConfig());
            awaitEqual();
            postgres.execute(
                    "DELETE FROM whole.big WHERE id % 3 = 0",
                    "UPDATE whole.big SET v = 1 WHERE id % 5 = 0",
                    "TRUNCATE whole.p2",
                    "INSERT INTO whole.empty VALUES (1)");
            long before = topics.endOffset("w.whole.big");
            copyAgain();
            Await.until(
                    "the second copy is under way",
                    Duration.ofMinutes(2),
                    () -> topics.endOffset("w.whole.big") > before + 1000,
                    worker::logTail);
            worker.kill();
            postgres.execute("UPDATE whole.big SET v = 2 WHERE id % 7 = 0", "DELETE FROM whole.big WHERE id % 11 = 0");
            worker.start();
            awaitEqual();
            postgres.execute("DELETE FROM whole.empty", "INSERT INTO whole.parts VALUES (1500, 7)");
            copyAgain();
            awaitEqual();
        } finally {
            worker.close();
            broker.close();
            postgres.close();
        }
    }

    private void copyAgain() {
        worker.rest().stop("whole-source");
        worker.rest().awaitState("whole-source", "STOPPED");
        worker.rest().deleteOffsets("whole-source");
        worker.rest().resume("whole-source");
    }

    private void awaitEqual() throws SQLException {
        for (String table : TABLES) {
            Await.until(
                    table + " is equal",
                    Duration.ofMinutes(3),
                    () -> content("mirror", table).equals(content(postgres.database(), table)),
                    () -> content("mirror", table) + " is not " + content(postgres.database(), table)
                            + worker.logTail());
        }
        assertThat(content("mirror", "big")).doesNotStartWith("0 ");
    }

    /** How many rows, and a hash of them all. */
    private String content(String database, String table) {
        try (Connection connection = postgres.connect(database);
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT count(*) || ' ' || coalesce(md5(string_agg("
                        + "to_jsonb(t)::text, ',' ORDER BY id)), '') FROM whole." + table + " AS t")) {
            row.next();
            return row.getString(1);
        } catch (SQLException e) {
            // The sink has not made it yet.
            return String.valueOf(e.getMessage());
        }
    }
}
