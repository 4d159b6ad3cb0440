package io.millrace.benchmarks;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** All that can be measured, in the order in which it is. */
final class Scenarios {
    private static final Duration FAR = Duration.ofMillis(10);

    /** With a long way each round trip of a small batch costs its time: fewer rows tell as much. */
    private static final int FAR_SHARE = 4;

    private static final List<Integer> RATES = List.of(100, 1_000, 10_000);

    private Scenarios() {}

    static List<Scenario> of(Servers servers, Options options) {
        var all = new ArrayList<Scenario>();
        for (Table table : Table.ALL) {
            // Whole transactions of changes.
            long rows = table.rows(options) / Changes.IN_TRANSACTION * Changes.IN_TRANSACTION;
            boolean details = !options.brief();
            all.add(new Snapshot(servers, table, rows, options.brief()));
            all.add(new Stream(servers, table, Changes.INSERT, rows, options.brief()));
            if (details || table.equals(Table.NARROW)) {
                all.add(new Stream(servers, table, Changes.UPDATE, rows, options.brief()));
            }
            if (details) {
                all.add(new Stream(servers, table, Changes.MIX, rows, false));
            }
            all.add(new WholeWay(servers, table, rows));
            sinks(servers, options, table, rows, all);
        }
        int seconds = options.brief() ? 6 : 20;
        for (boolean toTarget : List.of(false, true)) {
            RATES.forEach(rate -> all.add(new Delay(servers, toTarget, rate, seconds)));
        }
        all.add(new Refresh(servers, options.rows()));
        all.addAll(Growth.all(servers, options));
        all.removeIf(scenario -> !options.wants(scenario));
        return all;
    }

    private static void sinks(Servers servers, Options options, Table table, long rows, List<Scenario> all) {
        boolean brief = options.brief();
        var snapshot = new FilledTopic(servers, table, false, rows);
        all.add(new Sink(servers, snapshot, "upsert", Duration.ZERO, brief));
        all.add(new Sink(servers, snapshot, "insert", Duration.ZERO, brief));
        if (!brief || table.equals(Table.NARROW)) {
            var near = rows / FAR_SHARE / Changes.IN_TRANSACTION * Changes.IN_TRANSACTION;
            all.add(new Sink(servers, new FilledTopic(servers, table, true, rows), "mix", Duration.ZERO, brief));
            all.add(new Sink(servers, new FilledTopic(servers, table, false, near), "upsert", FAR, brief));
        }
    }
}
