package io.millrace.benchmarks;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The initial copy from one database into another. The clock starts with the first record in the topic and stops when the
 * last row is in the target. Records are Avro in Confluent's format, by Apicurio's converter with its two caches on both ends.
 */
record WholeWay(Servers servers, Table table, long rows) implements Scenario {
    @Override
    public String name() {
        return "whole way";
    }

    @Override
    public List<Contender> contenders() {
        List<Contender> all = Contenders.pairs(table);
        for (int connections : List.of(1, 2)) {
            all.add(new Bare("copy to copy, " + connections, () -> {
                servers.postgres().executeIn(Servers.TARGET, table.drop(), table.create());
                return BareCopy.pipe(servers.postgres(), table.name(), connections);
            }));
        }
        return all;
    }

    @Override
    public void prepare() {
        servers.postgres()
                .execute(table.create(), table.insert(1, rows), "VACUUM ANALYZE " + table.name(), "CHECKPOINT");
    }

    @Override
    public Measurement run(Contender contender) throws Exception {
        if (contender instanceof Bare bare) {
            return BareRun.measure(servers, bare);
        }
        String prefix = SourceRun.newName();
        try {
            return run((Pair) contender, prefix);
        } finally {
            SourceRun.clean(servers, prefix);
            servers.postgres().executeIn(Servers.TARGET, table.drop());
        }
    }

    private Measurement run(Pair pair, String prefix) throws IOException, InterruptedException, SQLException {
        servers.postgres().executeIn(Servers.TARGET, table.drop(), table.create());
        String sink = prefix + "_sink";
        try (var job = new Job(servers, pair.worker());
                Connection target = servers.postgres().connect(Servers.TARGET)) {
            Stopwatch stopwatch = job.stopwatch(prefix, sink);
            start(servers, job, pair, table, prefix, Map.of("snapshot.mode", "initial"));
            String topic = SourceRun.topic(prefix, table.name());
            String last = "SELECT count(*) FROM " + table.name() + " WHERE " + table.key() + " = " + rows;
            String all = "SELECT count(*) FROM " + table.name();
            Measurement run = stopwatch.follow(
                    rows,
                    () -> servers.topics().endOffset(topic),
                    () -> 0,
                    () -> Servers.number(target, last) == 0 ? 0 : Servers.number(target, all));
            return job.succeeded(run);
        }
    }

    /** Both connectors, the sink first, so that it waits when the first record comes. */
    static void start(Servers servers, Job job, Pair pair, Table table, String prefix, Map<String, String> more)
            throws IOException {
        String topic = SourceRun.topic(prefix, table.name());
        servers.topics().create(topic, 1);
        var sink = new LinkedHashMap<>(
                pair.sinkAlone().with(Sink.target(servers, servers.postgres().jdbcUrl(Servers.TARGET), table)));
        sink.putAll(servers.registry().converters());
        sink.put("topics", topic);
        job.put(prefix + "_sink", sink);
        job.worker().process().rest().awaitRunning(prefix + "_sink", 1);
        var source = new LinkedHashMap<>(pair.sourceAlone().with(servers.source(table.name(), prefix)));
        source.putAll(servers.registry().converters());
        source.putAll(more);
        job.put(prefix, source);
    }

    @Override
    public void close() {
        servers.postgres().execute(table.drop());
    }
}
