package io.millrace.sink;

import io.millrace.sink.destination.Destination;
import io.millrace.sink.destination.MemoryDestination;
import io.millrace.sink.destination.StepwiseDestination;
import io.millrace.sink.destination.TableId;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.metrics.PluginMetrics;
import org.jspecify.annotations.Nullable;

/** Tasks over a database in memory. */
final class FlowHarness {
    final MemoryDestination.Database database;
    private final Function<String, Destination> targets;
    private UnaryOperator<Destination> wrap = UnaryOperator.identity();

    FlowHarness() {
        this(new MemoryDestination.Database());
    }

    private FlowHarness(MemoryDestination.Database database) {
        this.database = database;
        targets = ledgerId -> new MemoryDestination(database, ledgerId);
    }

    /** Tasks over a target without transactions. */
    FlowHarness(StepwiseDestination.Server server) {
        database = server.database;
        targets = ledgerId -> new StepwiseDestination(server, ledgerId);
    }

    /** Puts something between the flow and the database. */
    FlowHarness through(UnaryOperator<Destination> wrapper) {
        wrap = wrapper;
        return this;
    }

    TaskDriver task(TopicLog log, String... config) {
        return new TaskDriver(log, new MemoryTask(), config(config), false);
    }

    TaskDriver measuredTask(PluginMetrics metrics, TopicLog log, String... config) {
        return new TaskDriver(log, new MemoryTask(), config(config), false, metrics);
    }

    TaskDriver taskWithDeadLetters(TopicLog log, String... config) {
        return new TaskDriver(log, new MemoryTask(), config(config), true);
    }

    /** The columns of the rows of a table in schema shop, joined by a bar, sorted; none without the table. */
    java.util.List<String> texts(String table, String... columns) {
        return table("shop", table).values().stream()
                .map(row -> Arrays.stream(columns)
                        .map(name -> String.valueOf(row.get(name)))
                        .collect(Collectors.joining("|")))
                .sorted()
                .toList();
    }

    /** Rows of a table, by key, as text. */
    String rows(String... table) {
        MemoryDestination.Table found = database.tables.get(TableId.of(table));
        return found == null ? "none" : found.rows.values().toString();
    }

    Map<java.util.List<String>, Map<String, @Nullable String>> table(String... table) {
        MemoryDestination.Table found = database.tables.get(TableId.of(table));
        return found == null ? Map.of() : found.rows;
    }

    private static Map<String, String> config(String... config) {
        Map<String, String> map = new HashMap<>(Map.of("name", "sink"));
        for (int i = 0; i < config.length; i += 2) {
            map.put(config[i], config[i + 1]);
        }
        return map;
    }

    private final class MemoryTask extends DestinationSinkTask {
        @Override
        protected AbstractConfig config(Map<String, String> properties) {
            return new AbstractConfig(SinkConfig.define(new ConfigDef()), properties);
        }

        @Override
        protected Destination destination(AbstractConfig config, SinkSettings settings) {
            return wrap.apply(targets.apply(settings.ledgerId()));
        }
    }
}
