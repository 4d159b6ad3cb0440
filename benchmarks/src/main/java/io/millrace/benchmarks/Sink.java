package io.millrace.benchmarks;

import io.millrace.testing.FaultyProxy;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * A topic into one table with a primary key: {@code insert} into an empty table, {@code upsert} over rows that are all
 * there with another value, {@code mix} of updates, deletes and inserts over rows that are there. The clock starts when
 * the task runs: the first rows to be seen may be a large part of all.
 *
 * @param roundTrip added to each round trip to the target
 */
record Sink(Servers servers, FilledTopic source, String mode, Duration roundTrip, boolean brief) implements Scenario {
    private static final String BASE = "bench_base";

    @Override
    public String name() {
        return "sink " + mode + (roundTrip.isZero() ? "" : " +" + roundTrip.toMillis() + " ms");
    }

    @Override
    public Table table() {
        return source.table();
    }

    @Override
    public List<Contender> contenders() {
        List<Contender> all = Contenders.sinks(table(), mode, brief);
        if (mode.equals("upsert") && roundTrip.isZero()) {
            all.add(new Bare(
                    "copy + on conflict",
                    () -> BareWrite.upsert(
                            servers.postgres(), servers.postgres().jdbcUrl(Servers.TARGET), table(), source.events())));
        } else if (mode.equals("insert") && roundTrip.isZero()) {
            all.add(new Bare("copy in, keyed", () -> BareCopy.pipe(servers.postgres(), table().name(), 1)));
        }
        return all;
    }

    @Override
    public void prepare() throws Exception {
        source.fill();
        var target = servers.postgres();
        target.executeIn(Servers.TARGET, "DROP TABLE IF EXISTS " + BASE, table().drop(), table().create());
        switch (mode) {
            case "upsert" ->
                target.executeIn(
                        Servers.TARGET,
                        table().insert(1, source.events()),
                        "UPDATE " + table().name() + " SET " + table().stale());
            case "mix" ->
                target.executeIn(Servers.TARGET, table().insert(1, Table.presentBefore(source.transactions())));
            default -> {
                // Into an empty table.
            }
        }
        target.executeIn(Servers.TARGET, "CREATE TABLE " + BASE + " AS TABLE " + table().name(), table().drop());
    }

    @Override
    public Measurement run(Contender contender) throws Exception {
        servers.postgres()
                .executeIn(
                        Servers.TARGET,
                        table().drop(),
                        "CREATE TABLE " + table().name() + " (LIKE " + BASE + ")",
                        "INSERT INTO " + table().name() + " SELECT * FROM " + BASE + " ORDER BY " + table().key(),
                        "ALTER TABLE " + table().name() + " ADD PRIMARY KEY (" + table().key() + ")",
                        "VACUUM ANALYZE " + table().name());
        servers.postgres().execute("CHECKPOINT");
        try (FaultyProxy proxy = new FaultyProxy(servers.postgres())) {
            proxy.addRoundTrip(roundTrip);
            return contender instanceof Connector connector
                    ? run(connector, url(proxy))
                    : BareRun.measure(servers, (Bare) contender);
        } finally {
            servers.postgres().executeIn(Servers.TARGET, table().drop());
        }
    }

    /** The proxy costs CPU: it is passed only where its time is wanted. */
    private String url(FaultyProxy proxy) {
        return roundTrip.isZero()
                ? servers.postgres().jdbcUrl(Servers.TARGET)
                : "jdbc:postgresql://" + proxy.host() + ":" + proxy.port() + "/" + Servers.TARGET;
    }

    private Measurement run(Connector connector, String url) throws IOException, InterruptedException, SQLException {
        String name = SourceRun.newName();
        try (var job = new Job(servers, connector.worker())) {
            Stopwatch stopwatch = job.stopwatch(name);
            job.put(name, connector.with(configuration(url)));
            job.worker().process().rest().awaitRunning(name, 1);
            return job.succeeded(followed(stopwatch));
        }
    }

    private Measurement followed(Stopwatch stopwatch) throws SQLException, InterruptedException {
        try (Connection target = servers.postgres().connect(Servers.TARGET)) {
            boolean mixed = mode.equals("mix");
            String changed = mixed ? "NOT " + table().fresh() : table().fresh();
            String all = "SELECT count(*) FROM " + table().name() + " WHERE " + changed;
            long ofEvents = mixed ? Changes.IN_TRANSACTION : 1;
            long each = mixed ? Table.UPDATES : 1;
            return stopwatch.follow(
                    source.events(),
                    () -> 1,
                    () -> Servers.number(target, all) * ofEvents / each,
                    () -> complete(target, mixed ? mixed() : all));
        }
    }

    /** All events, when the last row is there: rows of one partition arrive in order, so asking for it is enough. */
    private long complete(Connection target, String all) {
        long lastKey = mode.equals("mix")
                ? Table.presentBefore(source.transactions()) + source.transactions() * Table.INSERTS
                : source.events();
        String last = "SELECT count(*) FROM %s WHERE %s = %d AND %s"
                .formatted(table().name(), table().key(), lastKey, table().fresh());
        return Servers.number(target, last) == 0 ? 0 : Servers.number(target, all);
    }

    /** All events, if what is left of the rows is what has to be. */
    private String mixed() {
        return "SELECT CASE WHEN count(*) = %d AND count(*) FILTER (WHERE NOT %s) = %d THEN %d ELSE 0 END FROM %s"
                .formatted(
                        Table.presentAfter(source.transactions()),
                        table().fresh(),
                        source.transactions() * Table.UPDATES,
                        source.events(),
                        table().name());
    }

    private Map<String, String> configuration(String url) throws IOException {
        var all = new java.util.HashMap<>(source.converters());
        all.putAll(target(servers, url, table()));
        all.put("topics", source.topic());
        return all;
    }

    /** Where the target is, for both sink connectors. */
    static Map<String, String> target(Servers servers, String url, Table table) {
        return Map.of(
                "connection.url", url,
                "connection.username", servers.postgres().user(),
                "connection.password", servers.postgres().password(),
                "collection.name.format", table.name(),
                "consumer.override.auto.offset.reset", "earliest");
    }

    @Override
    public void close() {
        servers.postgres().executeIn(Servers.TARGET, table().drop(), "DROP TABLE IF EXISTS " + BASE);
        servers.postgres().execute(table().drop());
    }
}
