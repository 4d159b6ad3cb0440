package io.millrace.benchmarks;

import java.util.List;
import java.util.Map;

/** Inserts in transactions of 1000 that wait in a slot; each run reads a copy of that slot. */
record Stream(Servers servers, Table table, long rows) implements Scenario {
    private static final String QUEUE = "bench_queue";

    @Override
    public String name() {
        return "stream insert";
    }

    @Override
    public List<Contender> contenders() {
        return Contenders.streams();
    }

    @Override
    public void prepare() {
        servers.postgres()
                .execute(
                        table.create(),
                        "CREATE PUBLICATION " + QUEUE + " FOR TABLE " + table.name(),
                        "SELECT pg_create_logical_replication_slot('" + QUEUE + "', 'pgoutput')",
                        table.insertInTransactions(rows),
                        "ANALYZE " + table.name(),
                        "CHECKPOINT");
    }

    @Override
    public Measurement run(Contender contender) throws InterruptedException {
        String prefix = SourceRun.newName();
        try {
            servers.postgres().execute("SELECT pg_copy_logical_replication_slot('" + QUEUE + "', '" + prefix + "')");
            return SourceRun.measure(
                    servers,
                    contender,
                    table,
                    rows,
                    prefix,
                    Map.of(
                            "snapshot.mode", "no_data",
                            "publication.name", QUEUE,
                            "publication.autocreate.mode", "disabled"));
        } finally {
            SourceRun.clean(servers, prefix);
        }
    }

    @Override
    public void close() {
        servers.dropSlot(QUEUE);
        servers.dropPublication(QUEUE);
        servers.postgres().execute("DROP TABLE IF EXISTS " + table.name());
    }
}
