package io.millrace.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** The runs of one contender in one scenario on one table. */
record Result(String scenario, String table, String contender, List<Measurement> runs) {
    Result(String scenario, String table, String contender) {
        this(scenario, table, contender, new ArrayList<>());
    }

    /** Of the runs that have the figure; NaN where none has. */
    double median(ToDoubleFunction<Measurement> figure) {
        double[] sorted = runs.stream()
                .mapToDouble(figure)
                .filter(value -> !Double.isNaN(value))
                .sorted()
                .toArray();
        if (sorted.length == 0) {
            return Double.NaN;
        }
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    double least(ToDoubleFunction<Measurement> figure) {
        return runs.stream().mapToDouble(figure).min().orElseThrow();
    }

    double most(ToDoubleFunction<Measurement> figure) {
        return runs.stream().mapToDouble(figure).max().orElseThrow();
    }
}
