package io.millrace.benchmarks;

import io.millrace.testing.Await;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What an incremental mirror by query needs to find changed rows that lie all over a large table: from their commit to the
 * last one's record in the topic, with runs every 100 ms. A time is read when it is a second old, a number at once.
 */
record Refresh(Servers servers, long rows) implements Scenario {
    private static final long CHANGED = 10_000;
    private static final Duration LATE = Duration.ofMinutes(2);
    private static final String SEQUENCE = "versions";

    @Override
    public String name() {
        return "query refresh";
    }

    @Override
    public Table table() {
        return Table.VERSIONED;
    }

    @Override
    public List<Contender> contenders() {
        return new ArrayList<>(List.of(
                Contenders.query("millrace by number", table().name(), "version"),
                Contenders.query("millrace by time", table().name(), "changed")));
    }

    @Override
    public void prepare() {
        servers.postgres()
                .execute(
                        table().drop(),
                        table().create(),
                        table().insert(1, rows),
                        "CREATE INDEX ON " + table().name() + " (version)",
                        "CREATE INDEX ON " + table().name() + " (changed)",
                        "CREATE SEQUENCE IF NOT EXISTS " + SEQUENCE + " START " + (rows + 1),
                        "VACUUM ANALYZE " + table().name(),
                        "CHECKPOINT");
    }

    @Override
    public Measurement run(Contender contender) throws Exception {
        Connector connector = (Connector) contender;
        String prefix = SourceRun.newName();
        String topic = SourceRun.topic(prefix, table().name());
        String control = "__millrace-control." + prefix;
        servers.topics().create(topic, 1);
        servers.topics().create(control, 1);
        var settings = new LinkedHashMap<>(connector.with(servers.source(table().name(), prefix)));
        settings.putAll(SourceRun.JSON);
        settings.put("watermark.start", "now");
        try (var job = new Job(servers, connector.worker())) {
            long asked = System.nanoTime();
            job.put(prefix, settings);
            Await.until("the mirror has begun", () -> servers.topics().endOffset(control) > 0);
            Duration startup = Duration.ofNanos(System.nanoTime() - asked);
            Meter meter = Meter.of(servers, job.worker());
            servers.postgres()
                    .execute("UPDATE " + table().name() + " SET abalance = abalance + 1, version = nextval('" + SEQUENCE
                            + "'), changed = now() WHERE aid % " + Math.max(1, rows / CHANGED) + " = 0 AND aid <= "
                            + Math.max(1, rows / CHANGED) * CHANGED);
            meter.begin();
            Await.until(
                    "the changed rows",
                    LATE,
                    () -> servers.topics().endOffset(topic) >= CHANGED,
                    () -> servers.topics().endOffset(topic) + " of " + CHANGED);
            Duration time = Duration.ofNanos(System.nanoTime() - meter.begunNanos());
            Map<Figure, Double> figures = meter.end();
            return job.succeeded(new Measurement(CHANGED, time, startup, figures));
        } finally {
            servers.dropTopics(prefix);
        }
    }

    @Override
    public void close() {
        servers.postgres().execute(table().drop(), "DROP SEQUENCE IF EXISTS " + SEQUENCE);
    }
}
