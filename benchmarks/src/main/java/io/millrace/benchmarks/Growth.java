package io.millrace.benchmarks;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * How the cost of a row changes with one measure while the others stay. All rows go to one topic by a transformation,
 * whatever the number of tables.
 *
 * @param size rows, tables, columns, or rows in a transaction
 * @param rows in all
 */
record Growth(Servers servers, Kind kind, long size, long rows) implements Scenario {
    private static final String ALL = "everything";

    /** What grows. */
    enum Kind {
        ROWS,
        TABLES,
        COLUMNS,
        TRANSACTION;

        String title() {
            return "growth " + name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    @Override
    public String name() {
        return kind.title() + " " + size;
    }

    @Override
    public Table table() {
        return Table.NARROW;
    }

    @Override
    public List<Contender> contenders() {
        return new ArrayList<>(List.of(Contenders.growing()));
    }

    private List<String> tables() {
        return kind == Kind.TABLES
                ? IntStream.range(0, (int) size).mapToObj(i -> "grown_" + i).toList()
                : List.of("grown_0");
    }

    @Override
    public void prepare() {
        var statements = new ArrayList<String>();
        for (String name : tables()) {
            statements.add("DROP TABLE IF EXISTS " + name);
            statements.add("CREATE TABLE " + name + " (" + columns() + ")");
            if (kind != Kind.TRANSACTION) {
                statements.add("INSERT INTO " + name + " SELECT " + values() + " FROM generate_series(1, "
                        + rows / tables().size() + ") i");
                statements.add("VACUUM ANALYZE " + name);
            }
        }
        statements.add("CHECKPOINT");
        servers.postgres().execute(statements.toArray(String[]::new));
    }

    private String columns() {
        return kind == Kind.COLUMNS
                ? "aid int PRIMARY KEY"
                        + IntStream.range(1, (int) size)
                                .mapToObj(i -> ", c" + i + " int")
                                .reduce("", String::concat)
                : Table.NARROW.columns();
    }

    private String values() {
        return kind == Kind.COLUMNS ? "i" + ", i".repeat((int) size - 1) : Table.NARROW.row();
    }

    @Override
    public Measurement run(Contender contender) throws Exception {
        String prefix = SourceRun.newName();
        String topic = prefix + "." + ALL;
        try (var job = new Job(servers, ((Connector) contender).worker())) {
            var configuration =
                    new LinkedHashMap<>(((Connector) contender).with(servers.source("grown_[0-9]+", prefix)));
            configuration.putAll(SourceRun.JSON);
            configuration.putAll(Map.of(
                    "transforms",
                    "one",
                    "transforms.one.type",
                    "org.apache.kafka.connect.transforms.RegexRouter",
                    "transforms.one.regex",
                    prefix + "\\.public\\..*",
                    "transforms.one.replacement",
                    topic));
            if (kind == Kind.TRANSACTION) {
                queue(prefix);
                configuration.put("snapshot.mode", "no_data");
            }
            servers.topics().create(topic, 1);
            Stopwatch stopwatch = job.stopwatch(prefix);
            job.put(prefix, configuration);
            return job.succeeded(stopwatch.follow(rows, () -> servers.topics().endOffset(topic)));
        } finally {
            SourceRun.clean(servers, prefix);
        }
    }

    /** Changes wait in the slot, as large transactions as are asked for. Their commits need not reach the disk. */
    private void queue(String slot) {
        String insert = "INSERT INTO grown_0 SELECT %s FROM generate_series(b * %d + 1, least((b + 1) * %d, %d)) i"
                .formatted(Table.NARROW.row(), size, size, rows);
        servers.postgres()
                .execute(
                        "TRUNCATE grown_0",
                        "CREATE PUBLICATION " + slot + " FOR TABLE grown_0",
                        "SELECT pg_create_logical_replication_slot('" + slot + "', 'pgoutput')",
                        "DO $$ BEGIN SET synchronous_commit = off; FOR b IN 0.." + ((rows + size - 1) / size - 1)
                                + " LOOP " + insert + "; COMMIT; END LOOP; END $$");
    }

    @Override
    public void close() {
        tables().forEach(name -> servers.postgres().execute("DROP TABLE IF EXISTS " + name));
    }

    /** Every measure at its sizes; the largest is 16 times the rows, 1000 tables, 500 columns, one transaction. */
    static List<Scenario> all(Servers servers, Options options) {
        var all = new ArrayList<Scenario>();
        long rows = options.rows();
        for (long times : List.of(1L, 4L, 16L)) {
            all.add(new Growth(servers, Kind.ROWS, rows * times, rows * times));
        }
        for (long tables : List.of(1L, 100L, 1000L)) {
            all.add(new Growth(servers, Kind.TABLES, tables, rows / tables * tables));
        }
        for (long columns : List.of(5L, 50L, 500L)) {
            all.add(new Growth(servers, Kind.COLUMNS, columns, Math.max(1000, rows * 5 / columns)));
        }
        for (long size = 1; size <= rows; size *= 100) {
            all.add(new Growth(servers, Kind.TRANSACTION, size, rows));
        }
        return all;
    }
}
