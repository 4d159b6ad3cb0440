package io.millrace.benchmarks;

import java.util.List;
import java.util.Map;

/** Changes that wait in a slot; each run reads a copy of that slot. */
record Stream(Servers servers, Table table, Changes changes, long events, boolean brief) implements Scenario {
    private static final String QUEUE = "bench_queue";

    @Override
    public String name() {
        return "stream " + changes.title();
    }

    @Override
    public List<Contender> contenders() {
        List<Contender> all = Contenders.streams(brief);
        all.add(new Bare("pgjdbc, read only", this::read));
        return all;
    }

    @Override
    public void prepare() {
        queue(servers, table, changes, events);
    }

    /** Makes the table and a slot of its changes. */
    static void queue(Servers servers, Table table, Changes changes, long events) {
        long before = changes.before(events);
        servers.postgres()
                .execute(
                        table.drop(),
                        table.create(),
                        table.insert(1, before),
                        "CREATE PUBLICATION " + QUEUE + " FOR TABLE " + table.name(),
                        "SELECT pg_create_logical_replication_slot('" + QUEUE + "', 'pgoutput')",
                        changes.sql(table, events),
                        "VACUUM ANALYZE " + table.name(),
                        "CHECKPOINT");
    }

    /** What a connector has to be told to read the copy of the slot that has its own prefix for a name. */
    static final Map<String, String> SETTINGS = Map.of(
            "snapshot.mode", "no_data",
            "publication.name", QUEUE,
            "publication.autocreate.mode", "disabled");

    static void copySlot(Servers servers, String to) {
        servers.postgres().execute("SELECT pg_copy_logical_replication_slot('" + QUEUE + "', '" + to + "')");
    }

    private long read() throws Exception {
        String slot = SourceRun.newName();
        copySlot(servers, slot);
        try {
            return BareStream.read(servers.postgres(), slot, QUEUE, events);
        } finally {
            servers.dropSlot(slot);
        }
    }

    @Override
    public Measurement run(Contender contender) throws Exception {
        if (contender instanceof Bare bare) {
            return BareRun.measure(servers, bare);
        }
        String prefix = SourceRun.newName();
        try {
            copySlot(servers, prefix);
            return SourceRun.measure(
                    servers, (Connector) contender, table.name(), changes.records(events), prefix, SETTINGS);
        } finally {
            SourceRun.clean(servers, prefix);
        }
    }

    @Override
    public void close() {
        drop(servers, table);
    }

    static void drop(Servers servers, Table table) {
        servers.dropSlot(QUEUE);
        servers.dropPublication(QUEUE);
        servers.postgres().execute(table.drop());
    }
}
