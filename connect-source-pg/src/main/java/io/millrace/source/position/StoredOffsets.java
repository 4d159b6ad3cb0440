package io.millrace.source.position;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.storage.OffsetStorageReader;

/**
 * What Connect has committed for a mirror. Every call reads Connect's offsets topic to its end, so what it returns is
 * at least what was durable when it was called. Safe for several threads.
 */
public final class StoredOffsets {
    private final OffsetStorageReader reader;
    private final String server;

    public StoredOffsets(OffsetStorageReader reader, String server) {
        this.reader = reader;
        this.server = server;
    }

    public Phase phase() {
        return Phase.of(reader.offset(Phase.partition(server)));
    }

    /** Each table's progress by its lanes; a table that nothing is stored of is absent. */
    public Map<String, List<TableProgress>> progress(Collection<String> tables, int lanes) {
        return progress(tables, 0, lanes);
    }

    /** One lane's own progress is needed to go on adding to it. */
    public Map<String, TableProgress> lane(Collection<String> tables, int lane) {
        Map<String, TableProgress> progress = new HashMap<>();
        progress(tables, lane, lane + 1).forEach((table, found) -> found.forEach(one -> progress.put(table, one)));
        return progress;
    }

    private Map<String, List<TableProgress>> progress(Collection<String> tables, int from, int to) {
        Map<Map<String, String>, String> partitions = new HashMap<>();
        for (String table : tables) {
            for (int lane = from; lane < to; lane++) {
                partitions.put(TableProgress.partition(server, table, lane), table);
            }
        }
        Map<String, List<TableProgress>> progress = new HashMap<>();
        reader.offsets(partitions.keySet()).forEach((partition, offset) -> {
            TableProgress found = TableProgress.of(offset);
            if (found != null) {
                progress.computeIfAbsent(String.valueOf(partitions.get(partition)), ignored -> new ArrayList<>())
                        .add(found);
            }
        });
        return progress;
    }
}
