package io.millrace.archives;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testing.Await;
import io.millrace.testing.ConnectWorker;
import io.millrace.testing.FaultyProxy;
import io.millrace.testing.KafkaBroker;
import io.millrace.testing.PostgresServer;
import io.millrace.testing.WorkerOptions;
import io.millrace.testing.WorkerProcess;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A mirror under load for {@code millrace.soak.minutes} (20 by default), while workers, servers and connections are
 * killed, frozen, cut and restarted, and tables altered and added. Then the target equals the source. What happens is
 * drawn from {@code millrace.soak.seed}, which is printed; when it happens is up to the machine.
 */
@Tag("soak")
class SoakIT {
    private static final long MOST_HELD_AT_THE_END = 200L << 20;

    private final PostgresServer source = PostgresServer.start();
    private final PostgresServer target = PostgresServer.start();
    private final FaultyProxy toSource = new FaultyProxy(source);
    private final FaultyProxy toTarget = new FaultyProxy(target);
    private final KafkaBroker broker = KafkaBroker.start();
    private final WorkerProcess steady = worker();
    private final WorkerProcess victim = worker();

    private WorkerProcess worker() {
        return ConnectWorker.process(
                broker,
                WorkerOptions.withModules("connect-source-pg", "connect-sink-pg")
                        .heap("400m"));
    }

    private Map<String, String> sourceConfig() {
        Map<String, String> config = new HashMap<>();
        config.put("connector.class", "io.millrace.source.PostgresCdcSourceConnector");
        config.put("tasks.max", "2");
        config.put("database.hostname", toSource.host());
        config.put("database.port", Integer.toString(toSource.port()));
        config.put("database.user", source.user());
        config.put("database.password", source.password());
        config.put("database.dbname", source.database());
        config.put("database.query.timeout.ms", "5000");
        config.put("topic.prefix", "m");
        config.put("slot.name", "soak");
        config.put("publication.name", "soak");
        config.put("table.include.list", "soak\\..*");
        config.put("heartbeat.interval.ms", "1000");
        config.put("snapshot.rows.per.partition", "1000");
        config.put("retriable.restart.connector.wait.ms", "2000");
        return config;
    }

    private Map<String, String> sinkConfig() {
        Map<String, String> config = new HashMap<>();
        config.put("connector.class", "io.millrace.sink.pg.PostgresSinkConnector");
        config.put("tasks.max", "2");
        config.put("topics.regex", "m\\.soak\\..+");
        config.put("connection.url", "jdbc:postgresql://" + toTarget.host() + ":" + toTarget.port() + "/postgres");
        config.put("connection.username", target.user());
        config.put("connection.password", target.password());
        config.put("insert.mode", "upsert");
        config.put("delete.mode", "hard");
        config.put("auto.create", "true");
        config.put("schema.evolution", "add-and-widen");
        config.put("value.converter.replace.null.with.default", "false");
        config.put("value.converter", "org.apache.kafka.connect.json.JsonConverter");
        config.put("consumer.override.metadata.max.age.ms", "5000");
        return config;
    }

    @Test
    void theTargetEqualsTheSourceAfterEverythingThatCanHappen() throws Exception {
        long seed = Long.getLong("millrace.soak.seed", System.nanoTime());
        Duration length = Duration.ofMinutes(Long.getLong("millrace.soak.minutes", 20));
        System.out.println("Soak of " + length.toMinutes() + " minutes with -Dmillrace.soak.seed=" + seed);
        target.execute("CREATE SCHEMA soak");
        SoakLoad.create(source);
        List<SoakLoad> loads = List.of(new SoakLoad(source, seed), new SoakLoad(source, seed + 1));
        List<Thread> writers = loads.stream().map(Thread::new).toList();
        SoakWatch watch = new SoakWatch(source, steady);
        SoakMishaps mishaps = new SoakMishaps(source, target, toSource, toTarget, steady, victim, seed);
        try {
            steady.rest().put("soak-source", sourceConfig());
            steady.rest().put("soak-sink", sinkConfig());
            writers.forEach(Thread::start);
            long end = System.nanoTime() + length.toNanos();
            while (System.nanoTime() < end) {
                Thread.sleep(mishaps.pause().toMillis());
                mishaps.next();
                watch.look();
            }
            loads.forEach(SoakLoad::stop);
            for (Thread writer : writers) {
                writer.join();
            }
            steady.rest().restart("soak-source");
            for (String table : tables()) {
                Await.until(
                        table + " is equal",
                        Duration.ofMinutes(5),
                        () -> equal(table),
                        () -> difference(table) + steady.log(60));
            }
            Await.until(
                    "the slot holds little",
                    Duration.ofMinutes(2),
                    () -> watch.held() < MOST_HELD_AT_THE_END,
                    () -> "it holds " + watch.held());
        } finally {
            loads.forEach(SoakLoad::stop);
            long committed = loads.stream().mapToLong(SoakLoad::committed).sum();
            System.out.println(
                    "Seed " + seed + ": " + committed + " transactions, " + mishaps.happened() + "\n" + watch.report());
            close();
        }
        assertThat(watch.isFlat()).as(watch.report()).isTrue();
    }

    private void close() {
        victim.close();
        steady.close();
        broker.close();
        toTarget.close();
        toSource.close();
        target.close();
        source.close();
    }

    private List<String> tables() throws SQLException {
        return rows(source, "SELECT tablename FROM pg_tables WHERE schemaname = 'soak' ORDER BY 1");
    }

    private boolean equal(String table) {
        try {
            String query = digest(table);
            return rows(source, query).equals(rows(target, query));
        } catch (SQLException e) {
            return false;
        }
    }

    private String digest(String table) throws SQLException {
        String columns = String.join(
                ", ",
                rows(
                        source,
                        "SELECT quote_ident(column_name) FROM information_schema.columns WHERE table_schema = 'soak'"
                                + " AND table_name = '" + table + "' ORDER BY 1"));
        return "SELECT count(*) || ' ' || coalesce(sum(('x' || substr(md5(row(" + columns
                + ")::text), 1, 14))::bit(56)::int8), 0) FROM soak." + table;
    }

    private String difference(String table) {
        try {
            String query = digest(table);
            return table + ": source " + rows(source, query) + ", target " + rows(target, query) + "\n";
        } catch (SQLException e) {
            return table + ": " + e.getMessage() + "\n";
        }
    }

    private static List<String> rows(PostgresServer server, String query) throws SQLException {
        List<String> rows = new ArrayList<>();
        try (Connection connection = server.connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            while (row.next()) {
                rows.add(row.getString(1));
            }
        }
        return rows;
    }
}
