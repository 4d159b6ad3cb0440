package io.millrace.benchmarks;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** The figures as a table for people and as JSON for programs. */
final class Report {
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    private Report() {}

    /** One line a contender; the last column compares with the scenario's first contender. */
    static String table(List<Result> results) {
        var text = new StringBuilder();
        String format = "%-16s %-7s %-22s %12s %17s %12s %10s %8s%n";
        text.append(format.formatted(
                "scenario", "table", "contender", "k rows/s", "(least-most)", "cpu s/M rows", "startup s", "x first"));
        Result first = null;
        for (Result result : results) {
            if (result.runs().isEmpty()) {
                continue;
            }
            if (first == null
                    || !first.scenario().equals(result.scenario())
                    || !first.table().equals(result.table())) {
                first = result;
            }
            double rate = result.median(Measurement::rowsPerSecond);
            text.append(format.formatted(
                    result.scenario(),
                    result.table(),
                    result.contender(),
                    number(rate / 1000),
                    "(" + number(result.least(Measurement::rowsPerSecond) / 1000) + "-"
                            + number(result.most(Measurement::rowsPerSecond) / 1000) + ")",
                    number(result.median(Measurement::cpuPerMillion)),
                    number(result.median(run -> run.startup().toMillis() / 1000.0)),
                    String.format(Locale.ROOT, "%.2f", rate / first.median(Measurement::rowsPerSecond))));
        }
        return text.toString();
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.1f", value);
    }

    static void write(List<Result> results, Options options, Path file) {
        ObjectNode root = JSON.createObjectNode();
        root.put("rows", options.rows());
        root.put("rounds", options.rounds());
        root.put("processors", Runtime.getRuntime().availableProcessors());
        root.put("java", System.getProperty("java.version"));
        var all = root.putArray("results");
        for (Result result : results) {
            ObjectNode entry = all.addObject();
            entry.put("scenario", result.scenario());
            entry.put("table", result.table());
            entry.put("contender", result.contender());
            var runs = entry.putArray("runs");
            for (Measurement run : result.runs()) {
                ObjectNode one = runs.addObject();
                one.put("rows", run.rows());
                one.put("seconds", run.time().toNanos() / 1e9);
                one.put("rowsPerSecond", run.rowsPerSecond());
                one.put("cpuSeconds", run.cpu().toNanos() / 1e9);
                one.put("startupSeconds", run.startup().toNanos() / 1e9);
            }
        }
        try {
            Files.createDirectories(file.getParent());
            JSON.writeValue(file.toFile(), root);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
