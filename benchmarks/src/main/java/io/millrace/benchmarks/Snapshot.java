package io.millrace.benchmarks;

import java.util.List;
import java.util.Map;

/** The initial copy of one table. */
record Snapshot(Servers servers, Table table, long rows) implements Scenario {
    @Override
    public String name() {
        return "snapshot";
    }

    @Override
    public List<Contender> contenders() {
        return Contenders.snapshots();
    }

    @Override
    public void prepare() {
        servers.postgres()
                .execute(table.create(), table.insert(1, rows), "VACUUM ANALYZE " + table.name(), "CHECKPOINT");
    }

    @Override
    public Measurement run(Contender contender) throws InterruptedException {
        String prefix = SourceRun.newName();
        try {
            return SourceRun.measure(servers, contender, table, rows, prefix, Map.of("snapshot.mode", "initial"));
        } finally {
            SourceRun.clean(servers, prefix);
        }
    }

    @Override
    public void close() {
        servers.postgres().execute("DROP TABLE IF EXISTS " + table.name());
    }
}
