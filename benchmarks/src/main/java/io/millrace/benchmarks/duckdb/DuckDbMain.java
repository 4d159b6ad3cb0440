package io.millrace.benchmarks.duckdb;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.kafka.connect.sink.SinkRecord;

/** Everybody in turn, some rounds, then the medians: {@code benchmarks/duckdb [rows] [rounds]}. */
public final class DuckDbMain {
    private final Map<String, List<Double>> figures = new LinkedHashMap<>();
    private final List<SinkRecord> first;
    private final List<SinkRecord> again;
    private final Path file;

    private interface Writer {
        double write(List<SinkRecord> records, boolean upsert) throws SQLException;
    }

    private DuckDbMain(int rows, Path folder) {
        first = WideRows.of(rows, 0);
        again = WideRows.of(rows, rows);
        file = folder.resolve("bench.duckdb");
    }

    public static void main(String[] arguments) throws Exception {
        int rows = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 200_000;
        int rounds = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 3;
        Path folder = Files.createTempDirectory("millrace-duckdb");
        DuckDbMain bench = new DuckDbMain(rows, folder);
        try {
            for (int round = 0; round < rounds; round++) {
                bench.round();
            }
        } finally {
            bench.delete();
            Files.delete(folder);
        }
        bench.figures.forEach((name, runs) -> {
            double[] sorted =
                    runs.stream().mapToDouble(Double::doubleValue).sorted().toArray();
            System.out.printf(
                    Locale.ROOT,
                    "%-42s %7.1f k rows/s  %s%n",
                    name,
                    sorted[sorted.length / 2] / 1000,
                    Arrays.toString(Arrays.stream(sorted)
                            .mapToLong(run -> Math.round(run / 1000))
                            .toArray()));
        });
    }

    private void round() throws SQLException, IOException {
        ByHand plain = new ByHand("");
        ByHand tuned = new ByHand("128MB");
        run("by hand", (records, upsert) -> plain.write(file, records, upsert));
        run("by hand, checkpoints as the sink", (records, upsert) -> tuned.write(file, records, upsert));
        run("millrace", (records, upsert) -> BySink.write(file, records, upsert));
    }

    /** A log table; then a table with keys, filled and all of it overwritten. */
    private void run(String who, Writer writer) throws SQLException, IOException {
        delete();
        note("append, " + who, writer.write(first, false));
        delete();
        note("insert by key, " + who, writer.write(first, true));
        note("update by key, " + who, writer.write(again, true));
    }

    private void note(String name, double rowsPerSecond) {
        figures.computeIfAbsent(name, each -> new ArrayList<>()).add(rowsPerSecond);
    }

    private void delete() throws IOException {
        Files.deleteIfExists(file);
        Files.deleteIfExists(Path.of(file + ".wal"));
    }
}
