package io.millrace.benchmarks;

import java.util.List;
import java.util.Map;

/** The initial copy of one table. */
record Snapshot(Servers servers, Table table, long rows, boolean brief) implements Scenario {
    @Override
    public String name() {
        return "snapshot";
    }

    @Override
    public List<Contender> contenders() {
        List<Contender> all = Contenders.snapshots(brief);
        all.add(Contenders.query("millrace query", table.name(), table.key()));
        for (int connections : List.of(1, 2)) {
            all.add(new Bare(
                    "copy out, " + connections, () -> BareCopy.out(servers.postgres(), table.name(), connections)));
        }
        return all;
    }

    @Override
    public void prepare() {
        servers.postgres()
                .execute(
                        table.drop(),
                        table.create(),
                        table.insert(1, rows),
                        "VACUUM ANALYZE " + table.name(),
                        "CHECKPOINT");
    }

    @Override
    public Measurement run(Contender contender) throws Exception {
        if (contender instanceof Bare bare) {
            return BareRun.measure(servers, bare);
        }
        String prefix = SourceRun.newName();
        try {
            return SourceRun.measure(
                    servers, (Connector) contender, table.name(), rows, prefix, Map.of("snapshot.mode", "initial"));
        } finally {
            SourceRun.clean(servers, prefix);
        }
    }

    @Override
    public void close() {
        servers.postgres().execute(table.drop());
    }
}
