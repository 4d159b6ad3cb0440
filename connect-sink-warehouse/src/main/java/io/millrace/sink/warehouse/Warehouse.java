package io.millrace.sink.warehouse;

import io.millrace.sink.SinkSettings;
import io.millrace.sink.destination.Destination;
import io.millrace.sink.destination.TableId;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.config.ConfigDef;

/**
 * One kind of warehouse. Adding one means adding a folder with an implementation, and its name in
 * {@code META-INF/services}; nothing else knows it.
 *
 * <p>What differs between warehouses lies behind {@link Destination}: how rows are staged (an Appender, files in a stage
 * or a bucket, a stream), what one apply is (a transaction with MERGE), and where the ledger is (one table, or one beside
 * each target table where transactions on a shared one would collide).
 */
public interface Warehouse {
    /** The word for {@code warehouse.type}; its keys begin with it and a dot. */
    String type();

    /** Adds its own keys. None may be required by the definition, since it is there for other warehouses' connectors too. */
    void define(ConfigDef def);

    /** How many tasks may write at once under these settings. */
    int maxTasks(WarehouseSinkConfig config);

    /** The ways of {@code load.mode}, its own first; empty where there is no choice. */
    default List<String> loadModes() {
        return List.of();
    }

    /** Whether files may lie in a bucket or a stage, {@code staging.location}, until they are loaded. */
    default boolean loadsFromBuckets() {
        return false;
    }

    /** Tables that its own keys name, by key: a warning tells of those that nothing feeds. */
    default Map<String, Set<TableId>> namedTables(WarehouseSinkConfig config, SinkSettings settings) {
        return Map.of();
    }

    /** What is wrong with the settings by themselves, and how they go together. Needs no connection. */
    List<Problem> check(WarehouseSinkConfig config);

    /** What is wrong with the warehouse that they name. Connects, and changes nothing. */
    List<Problem> probe(WarehouseSinkConfig config, SinkSettings settings);

    /** A destination for one task; it connects when it is first used. */
    Destination destination(WarehouseSinkConfig config, SinkSettings settings);

    /** Something to put right, shown at its key. */
    record Problem(String key, String message) {}
}
