package io.millrace.benchmarks;

import io.millrace.testing.Settings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Runs the scenarios and prints their figures. See {@link Options#HELP}. */
public final class Main {
    private Main() {}

    public static void main(String[] arguments) throws Exception {
        if (List.of(arguments).contains("--help")) {
            System.out.println(Options.HELP);
            return;
        }
        Options options;
        try {
            options = Options.parse(arguments);
            Servers.checkDisk(options);
        } catch (IllegalArgumentException e) {
            System.err.println("benchmarks: " + e.getMessage());
            System.exit(2);
            return;
        }
        System.exit(measure(options) ? 0 : 1);
    }

    private static boolean measure(Options options) {
        List<Result> results = new ArrayList<>();
        boolean complete = true;
        try (Servers servers = Servers.start()) {
            for (Scenario scenario : scenarios(servers, options)) {
                complete &= measure(scenario, options, results);
            }
        } finally {
            Path file = Settings.root().resolve("benchmarks/target/results.json");
            Report.write(results, options, file);
            System.out.println("\n" + Report.table(results));
            System.out.println("Source: JSON without schemas. Sink: the same bytes, schema given to the converter. In"
                    + " " + file);
        }
        return complete;
    }

    private static List<Scenario> scenarios(Servers servers, Options options) {
        var all = new ArrayList<Scenario>();
        for (Table table : Table.ALL) {
            if (options.tables().contains(table.name())) {
                all.add(new Snapshot(servers, table, table.rows(options)));
                all.add(new Stream(servers, table, table.rows(options)));
                all.add(new Sink(servers, table, "insert", table.rows(options)));
                all.add(new Sink(servers, table, "upsert", table.rows(options)));
            }
        }
        all.removeIf(scenario -> options.only().stream().noneMatch(scenario.name()::startsWith));
        return all;
    }

    /** In turn, so that what changes on the machine meanwhile hits everybody. */
    private static boolean measure(Scenario scenario, Options options, List<Result> results) {
        List<Contender> contenders =
                scenario.contenders().stream().filter(options::wants).toList();
        List<Result> own = contenders.stream()
                .map(contender -> new Result(scenario.name(), scenario.table().name(), contender.name()))
                .toList();
        results.addAll(own);
        boolean complete = true;
        try (scenario) {
            scenario.prepare();
            for (int round = 0; round < options.rounds(); round++) {
                for (int i = 0; i < contenders.size(); i++) {
                    complete &= measure(scenario, contenders.get(i), own.get(i));
                }
            }
        } catch (Exception e) {
            System.out.println(scenario.name() + " " + scenario.table().name() + " could not be prepared: " + e);
            complete = false;
        }
        return complete;
    }

    private static boolean measure(Scenario scenario, Contender contender, Result result) {
        String what = scenario.name() + " " + scenario.table().name() + " " + contender.name();
        try {
            Measurement run = scenario.run(contender);
            result.runs().add(run);
            System.out.printf(
                    Locale.ROOT,
                    "%-50s %8.1f k rows/s %6.1f s, cpu %.1f s%n",
                    what,
                    run.rowsPerSecond() / 1000,
                    seconds(run.time()),
                    seconds(run.cpu()));
            return true;
        } catch (Exception | AssertionError e) {
            System.out.println(what + " failed: " + e.getMessage());
            return false;
        }
    }

    private static double seconds(Duration time) {
        return time.toNanos() / 1e9;
    }
}
