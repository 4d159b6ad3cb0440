package io.millrace.sink;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.apache.kafka.connect.data.Schema;
import org.jspecify.annotations.Nullable;

/** Folded batches give what the same changes give one by one, wherever the flushes fall. */
class FoldPropertyTest {
    private static final SourceTable TABLE = SourceTable.of("public", "t")
            .key("id", Schema.INT32_SCHEMA)
            .column("a", Schema.OPTIONAL_STRING_SCHEMA)
            .column("b", Schema.OPTIONAL_STRING_SCHEMA);
    private static final SourceTable OLDER = TABLE.without("b");

    /** A change: what, of which key, with which values; {@code keep} marks columns that the source does not send. */
    record Step(char what, int key, @Nullable String a, @Nullable String b, boolean keepA, boolean keepB) {}

    @Provide
    Arbitrary<List<Step>> steps() {
        Arbitrary<String> text = Arbitraries.of("x", "y", "z").injectNull(0.2);
        Arbitrary<Boolean> keep = Arbitraries.of(true, false, false);
        return Combinators.combine(
                        Arbitraries.of('u', 'u', 'u', 'o', 'd'),
                        Arbitraries.integers().between(1, 4),
                        text,
                        text,
                        keep,
                        keep)
                .as(Step::new)
                .list()
                .ofMaxSize(40);
    }

    @Property(tries = 500)
    void hard(@ForAll("steps") List<Step> steps, @ForAll("batches") int rows) {
        assertThat(target(steps, rows, "hard")).isEqualTo(oneByOne(steps, false));
    }

    @Property(tries = 500)
    void soft(@ForAll("steps") List<Step> steps, @ForAll("batches") int rows) {
        assertThat(target(steps, rows, "soft")).isEqualTo(oneByOne(steps, true));
    }

    @Provide
    Arbitrary<Integer> batches() {
        return Arbitraries.of(1, 2, 3, 7, 1000);
    }

    private static Map<Integer, Map<String, @Nullable String>> target(List<Step> steps, int rows, String deletes) {
        TopicLog log = new TopicLog();
        log.partition(TABLE.topic(), 0);
        Map<Integer, Boolean> live = new HashMap<>();
        for (Step step : steps) {
            append(log, step, live);
        }
        FlowHarness harness = new FlowHarness();
        try (TaskDriver task = harness.task(log, "max.batch.size", String.valueOf(rows), "delete.mode", deletes)
                .open()) {
            task.drain();
        }
        Map<Integer, Map<String, @Nullable String>> found = new TreeMap<>();
        harness.table("public", "t").forEach((key, row) -> {
            Map<String, @Nullable String> values = new TreeMap<>(row);
            values.putIfAbsent("b", null);
            found.put(Integer.valueOf(key.get(0)), values);
        });
        return found;
    }

    /** A source never sends a partial update of a row that is not there. */
    private static void append(TopicLog log, Step step, Map<Integer, Boolean> live) {
        boolean exists = live.getOrDefault(step.key, false);
        String a = exists && step.keepA ? SourceTable.UNAVAILABLE : step.a;
        String b = exists && step.keepB ? SourceTable.UNAVAILABLE : step.b;
        switch (step.what) {
            case 'u' -> log.update(TABLE, step.key, a, b);
            case 'o' -> log.update(OLDER, step.key, a);
            default -> log.delete(TABLE, step.key, null, null);
        }
        live.put(step.key, step.what != 'd');
    }

    private static Map<Integer, Map<String, @Nullable String>> oneByOne(List<Step> steps, boolean soft) {
        Map<Integer, Map<String, @Nullable String>> rows = new TreeMap<>();
        Map<Integer, Boolean> live = new HashMap<>();
        for (Step step : steps) {
            boolean exists = live.getOrDefault(step.key, false);
            Map<String, @Nullable String> row = rows.get(step.key);
            if (step.what == 'd') {
                if (soft && row != null) {
                    row.put("__deleted", "true");
                } else {
                    rows.remove(step.key);
                }
            } else {
                write(rows, step, exists, row, soft);
            }
            live.put(step.key, step.what != 'd');
        }
        return rows;
    }

    private static void write(
            Map<Integer, Map<String, @Nullable String>> rows,
            Step step,
            boolean exists,
            @Nullable Map<String, @Nullable String> before,
            boolean soft) {
        Map<String, @Nullable String> row = before == null ? new TreeMap<>() : new TreeMap<>(before);
        row.putIfAbsent("b", null);
        row.put("id", String.valueOf(step.key));
        if (!(exists && step.keepA)) {
            row.put("a", step.a);
        }
        if (step.what == 'u' && !(exists && step.keepB)) {
            row.put("b", step.b);
        }
        if (soft) {
            row.put("__deleted", "false");
        }
        rows.put(step.key, row);
    }
}
