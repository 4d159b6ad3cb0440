package io.millrace.benchmarks;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** The figures as a table for people and as JSON for programs. */
final class Report {
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
    private static final String UNKNOWN = "-";

    /** How many columns begin a row with text. */
    private static final int NAMES = 3;

    private Report() {}

    /** Medians, one line a contender; "x first" compares with the scenario's first contender. */
    static String table(List<Result> results) {
        return aligned(rows(results));
    }

    /** The cells, the titles first. */
    static List<List<String>> rows(List<Result> results) {
        var rows = new ArrayList<List<String>>();
        var titles = new ArrayList<>(
                List.of("scenario", "table", "contender", "runs", "k rows/s", "(least-most)", "x first"));
        for (Figure figure : Figure.values()) {
            titles.add(figure.title());
        }
        titles.add("startup s");
        rows.add(titles);
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
            rows.add(row(result, first));
        }
        return rows;
    }

    private static List<String> row(Result result, Result first) {
        double rate = result.median(Measurement::rowsPerSecond);
        var cells = new ArrayList<>(List.of(
                result.scenario(),
                result.table(),
                result.contender(),
                String.valueOf(result.runs().size()),
                number(rate / 1000),
                "(" + number(result.least(Measurement::rowsPerSecond) / 1000) + "-"
                        + number(result.most(Measurement::rowsPerSecond) / 1000) + ")",
                String.format(Locale.ROOT, "%.2f", rate / first.median(Measurement::rowsPerSecond))));
        for (Figure figure : Figure.values()) {
            cells.add(number(result.median(figure::shown)));
        }
        cells.add(number(result.median(run -> run.startup().toMillis() / 1000.0)));
        return cells;
    }

    /** Three digits say enough. */
    private static String number(double value) {
        if (Double.isNaN(value)) {
            return UNKNOWN;
        }
        return String.format(Locale.ROOT, Math.abs(value) < 100 ? "%.1f" : "%.0f", value);
    }

    private static String aligned(List<List<String>> rows) {
        List<List<String>> known = withoutUnknown(rows);
        var text = new StringBuilder();
        for (List<String> row : known) {
            var line = new StringBuilder();
            for (int i = 0; i < row.size(); i++) {
                int column = i;
                int width = known.stream()
                        .mapToInt(one -> one.get(column).length())
                        .max()
                        .orElse(0);
                line.append(String.format("%" + (i < NAMES ? "-" : "") + width + "s  ", row.get(i)));
            }
            text.append(line.toString().stripTrailing()).append('\n');
        }
        return text.toString();
    }

    /** The columns that somebody has. */
    private static List<List<String>> withoutUnknown(List<List<String>> rows) {
        List<Integer> known = IntStream.range(0, rows.get(0).size())
                .filter(i -> rows.size() == 1
                        || rows.stream().skip(1).anyMatch(row -> !row.get(i).equals(UNKNOWN)))
                .boxed()
                .toList();
        return rows.stream().map(row -> known.stream().map(row::get).toList()).toList();
    }

    /** The same as a table in Markdown. */
    static String markdown(List<Result> results) {
        List<List<String>> rows = withoutUnknown(rows(results));
        var text = new StringBuilder();
        for (int i = 0; i < rows.size(); i++) {
            text.append("| ").append(String.join(" | ", rows.get(i))).append(" |\n");
            if (i == 0) {
                text.append("|---".repeat(NAMES))
                        .append("|---:".repeat(rows.get(0).size() - NAMES))
                        .append("|\n");
            }
        }
        return text.toString();
    }

    static void write(List<Result> results, Options options, String arguments, Path file) {
        ObjectNode root = JSON.createObjectNode();
        root.put("command", ("benchmarks/run " + arguments).strip());
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
                one.put("startupSeconds", run.startup().toNanos() / 1e9);
                for (Figure figure : Figure.values()) {
                    if (run.figures().containsKey(figure)) {
                        one.put(figure.key(), run.figure(figure));
                    }
                }
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
