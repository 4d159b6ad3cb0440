package io.millrace.sink;

import io.millrace.sink.destination.MemoryDestination;
import io.millrace.sink.destination.TableId;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The contract, by a target in memory: what fails here is the core's. */
class MemorySinkTest extends SinkContract {
    private final FlowHarness harness = new FlowHarness();

    @Override
    protected TaskDriver task(boolean deadLetterQueue, String... config) {
        return deadLetterQueue ? harness.taskWithDeadLetters(log, config) : harness.task(log, config);
    }

    @Override
    protected List<String> rows(String table, String... columns) {
        MemoryDestination.Table found = harness.database.tables.get(TableId.of("shop", table));
        return found == null
                ? List.of()
                : found.rows.values().stream()
                        .map(row -> text(row, columns))
                        .sorted()
                        .toList();
    }

    private static String text(Map<String, @Nullable String> row, String... columns) {
        return String.join(
                "|",
                Arrays.stream(columns)
                        .map(name -> String.valueOf(row.get(name)))
                        .toList());
    }
}
