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
        System.exit(measure(options, String.join(" ", arguments)) ? 0 : 1);
    }

    private static boolean measure(Options options, String arguments) {
        List<Result> results = new ArrayList<>();
        boolean complete = true;
        try (Servers servers = Servers.start(options.cold())) {
            List<Scenario> scenarios = Scenarios.of(servers, options);
            var budget = new Budget(System::nanoTime, options.minutes(), scenarios.size());
            for (Scenario scenario : scenarios) {
                budget.begin();
                complete &= measure(scenario, options, budget, results);
            }
        } finally {
            Path file = Settings.root().resolve("benchmarks/target/results.json");
            Report.write(results, options, arguments, file);
            if (options.publish()) {
                Publication.write(results, options, arguments, Settings.root().resolve("docs"));
            }
            System.out.println("\n" + Report.table(results));
            System.out.println("Source: JSON without schemas. Sink: the same bytes, schema given to the converter. In"
                    + " " + file);
        }
        return complete;
    }

    /** In turn, so that what changes on the machine meanwhile hits everybody. */
    private static boolean measure(Scenario scenario, Options options, Budget budget, List<Result> results) {
        List<Contender> contenders =
                scenario.contenders().stream().filter(options::wants).toList();
        List<Result> own = contenders.stream()
                .map(contender -> new Result(scenario.name(), scenario.table().name(), contender.name()))
                .toList();
        results.addAll(own);
        boolean complete = true;
        try (scenario) {
            scenario.prepare();
            for (int round = 0; round < options.rounds() && budget.allows(round); round++) {
                for (int i = 0; i < contenders.size(); i++) {
                    complete &= measure(scenario, contenders.get(i), own.get(i));
                }
            }
        } catch (Exception | AssertionError e) {
            System.out.println(scenario.name() + " " + scenario.table().name() + " failed: " + e);
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
                    "%-50s %8.1f k rows/s %6.1f s, cpu %.1f s a million%n",
                    what,
                    run.rowsPerSecond() / 1000,
                    seconds(run.time()),
                    Figure.CONNECT_CPU.shown(run));
            if (run.figures().containsKey(Figure.DELAY_MEDIAN)) {
                System.out.printf(
                        Locale.ROOT,
                        "%-50s median %.1f, 99th %.1f, most %.1f ms%n",
                        "",
                        run.figure(Figure.DELAY_MEDIAN),
                        run.figure(Figure.DELAY_99TH),
                        run.figure(Figure.DELAY_MOST));
            }
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
