package io.millrace.benchmarks;

import io.millrace.testing.Await;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The time from a commit to the record in the topic, or to the row in the target database, while rows are inserted at an
 * even rate: from the moment before COMMIT is sent, so that the commit itself is in it.
 */
record Delay(Servers servers, boolean toTarget, int rate, int seconds) implements Scenario {
    private static final Duration LATE = Duration.ofSeconds(60);

    @Override
    public String name() {
        return "delay to " + (toTarget ? "target" : "topic") + ", " + rate + "/s";
    }

    @Override
    public Table table() {
        return Table.EVENTS;
    }

    @Override
    public List<Contender> contenders() {
        return toTarget ? Contenders.delayPairs() : Contenders.delays();
    }

    @Override
    public void prepare() {
        // Each run makes the tables that it needs.
    }

    @Override
    public Measurement run(Contender contender) throws Exception {
        servers.postgres().execute(table().drop(), table().create());
        servers.postgres().executeIn(Servers.TARGET, table().drop(), table().create());
        String prefix = SourceRun.newName();
        var worker = contender instanceof Pair pair ? pair.worker() : ((Connector) contender).worker();
        try (var job = new Job(servers, worker)) {
            long asked = System.nanoTime();
            start(job, contender, prefix);
            awaitSlot(prefix);
            Duration startup = Duration.ofNanos(System.nanoTime() - asked);
            return job.succeeded(measured(prefix, startup, Meter.of(servers, job.worker())));
        } finally {
            SourceRun.clean(servers, prefix);
        }
    }

    private void start(Job job, Contender contender, String prefix) throws IOException {
        Map<String, String> more = Map.of("snapshot.mode", "no_data", "heartbeat.interval.ms", "0");
        if (contender instanceof Pair pair) {
            WholeWay.start(servers, job, pair, table(), prefix, more);
            return;
        }
        servers.topics().create(SourceRun.topic(prefix, table().name()), 1);
        var settings = new LinkedHashMap<>(((Connector) contender).with(servers.source(table().name(), prefix)));
        settings.putAll(SourceRun.JSON);
        settings.putAll(more);
        job.put(prefix, settings);
    }

    private void awaitSlot(String slot) {
        String active = "SELECT count(*) FROM pg_replication_slots WHERE active AND slot_name = '" + slot + "'";
        Await.until(
                "slot " + slot + " is read",
                () -> servers.postgres().queryOne(active).equals("1"));
    }

    private Measurement measured(String prefix, Duration startup, Meter meter) throws Exception {
        Load load = new Load(servers.postgres(), table().name(), rate, seconds);
        Delays delays = new Delays(load);
        try (var watcher = toTarget
                ? Watcher.ofTable(servers, table(), delays)
                : Watcher.ofTopic(servers, SourceRun.topic(prefix, table().name()), delays)) {
            meter.begin();
            double reached = load.run();
            Await.until("all rows arrive", LATE, delays::complete, () -> delays.seen() + " of " + load.rows());
            var figures = new LinkedHashMap<>(meter.end());
            figures.putAll(delays.figures(reached));
            Duration time = Duration.ofNanos(System.nanoTime() - meter.begunNanos());
            return new Measurement(load.rows(), time, startup, figures);
        }
    }

    @Override
    public void close() {
        servers.postgres().execute(table().drop());
        servers.postgres().executeIn(Servers.TARGET, table().drop());
    }
}
