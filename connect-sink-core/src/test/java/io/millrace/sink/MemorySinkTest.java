package io.millrace.sink;

import io.millrace.sink.destination.Capabilities;
import io.millrace.sink.destination.Destination;
import io.millrace.sink.destination.MemoryDestination;
import java.util.List;

/** The contract, by a target in memory: what fails here is the core's. */
class MemorySinkTest extends SinkContract {
    private final FlowHarness harness = new FlowHarness();

    @Override
    public TaskDriver task(boolean deadLetterQueue, String... config) {
        return deadLetterQueue ? harness.taskWithDeadLetters(log, config) : harness.task(log, config);
    }

    @Override
    public Destination destination(String ledgerId) {
        return new MemoryDestination(harness.database, ledgerId);
    }

    @Override
    public Capabilities capabilities() {
        return MemoryDestination.CAPABILITIES;
    }

    @Override
    public List<String> rows(String table, String... columns) {
        return harness.texts(table, columns);
    }
}
