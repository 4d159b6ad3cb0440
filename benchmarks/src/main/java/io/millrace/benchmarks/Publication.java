package io.millrace.benchmarks;

import io.millrace.testing.PostgresOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;

/** The figures as a page of the documentation, with the machine and the command that repeats them. */
final class Publication {
    private static final String TEXT =
            """
            # Measured figures

            Written by `%s` on %s; [speed.md](speed.md) says what they mean. The raw runs are in
            [speed-figures.json](speed-figures.json).

            Machine: %s, %d processors shared by all processes, %d GB of memory, %s; Java %s; Postgres %d with fsync on, one
            broker and one Connect worker on the same machine. Rows: %d of the narrow table, half as many of the wide one.
            Medians of so many runs as column "runs" says; "x first" compares with the first line of the same scenario.
            CPU of Connect, broker and Postgres in seconds a million rows; of contenders without a connector, Connect is
            the process that did the work. Bytes (allocated; read and written by the worker; WAL) are for each row; gc and
            jit are shares of Connect's CPU.

            ## Rows a second

            %s
            ## Delay from the commit

            From the moment before COMMIT is sent to the record in the topic, read committed, or to the row in the target;
            so the commit itself is in it.

            %s""";

    private Publication() {}

    static void write(List<Result> all, Options options, String arguments, Path docs) {
        plot(all, docs);
        List<Result> results = all.stream()
                .filter(result -> !result.scenario().startsWith("growth"))
                .toList();
        if (results.isEmpty()) {
            return;
        }
        List<Result> delays = results.stream().filter(Publication::isDelay).toList();
        List<Result> rates = results.stream().filter(result -> !isDelay(result)).toList();
        var system = ManagementFactory.getPlatformMXBean(com.sun.management.OperatingSystemMXBean.class);
        String page = TEXT.formatted(
                ("benchmarks/run " + arguments).strip(),
                LocalDate.now(ZoneOffset.UTC),
                processor(),
                Runtime.getRuntime().availableProcessors(),
                Math.round(system.getTotalMemorySize() / 1e9),
                System.getProperty("os.name"),
                System.getProperty("java.version"),
                PostgresOptions.defaults().version(),
                options.rows(),
                Report.markdown(rates),
                Report.markdown(delays));
        save(docs.resolve("speed-figures.md"), page);
        Report.write(results, options, arguments, docs.resolve("speed-figures.json"));
    }

    /** One picture for each measure that was looked at. */
    private static void plot(List<Result> results, Path docs) {
        for (Growth.Kind kind : Growth.Kind.values()) {
            String title = kind.title();
            List<Plot.Point> points = results.stream()
                    .filter(result -> result.scenario().startsWith(title + " "))
                    .filter(result -> !result.runs().isEmpty())
                    .map(result -> new Plot.Point(
                            Double.parseDouble(result.scenario().substring(title.length() + 1)),
                            1e6 / result.median(Measurement::rowsPerSecond)))
                    .toList();
            if (!points.isEmpty()) {
                String measure = title.substring(title.indexOf(' ') + 1);
                String svg = Plot.svg("Time of a row by " + measure, measure, "microseconds a row", points);
                save(docs.resolve("growth-" + measure + ".svg"), svg);
            }
        }
    }

    private static void save(Path file, String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isDelay(Result result) {
        return result.scenario().startsWith("delay");
    }

    private static String processor() {
        try {
            return Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
                    .filter(line -> line.startsWith("model name"))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse(System.getProperty("os.arch"));
        } catch (IOException e) {
            return System.getProperty("os.arch");
        }
    }
}
