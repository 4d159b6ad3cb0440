package io.millrace.source.position;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.apache.kafka.connect.storage.OffsetStorageReader;
import org.jspecify.annotations.Nullable;

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

    /** What is stored for one source partition; null when nothing is. */
    public @Nullable Map<String, Object> offset(Map<String, String> partition) {
        return reader.offset(partition);
    }

    /** Those of the partitions that something is stored for. */
    public List<Map<String, String>> present(Collection<Map<String, String>> partitions) {
        Map<Map<String, String>, Map<String, Object>> offsets = reader.offsets(partitions);
        return partitions.stream()
                .filter(partition -> offsets.get(partition) != null)
                .toList();
    }

    /** Each table's progress by its lanes; a table that nothing is stored of is absent. */
    public Map<String, List<TableProgress>> progress(Collection<String> tables, int lanes) {
        return progress(tables, 0, lanes);
    }

    /** The lanes, of the first so many, that have not said that the copy is settled. */
    public List<Integer> unsettled(long slotLsn, int lanes) {
        return lanesNot(lanes, offset -> SettledLane.isOf(offset, slotLsn));
    }

    /** The lanes, of the first so many, that may have something on its way of another snapshot. */
    public List<Integer> unjoined(long slotLsn, long generation, int lanes) {
        return lanesNot(
                lanes, offset -> SettledLane.isOf(offset, slotLsn) || SettledLane.hasJoined(offset, generation));
    }

    private List<Integer> lanesNot(int lanes, Predicate<@Nullable Map<String, Object>> told) {
        Map<Map<String, String>, Integer> partitions = new LinkedHashMap<>();
        for (int lane = 0; lane < lanes; lane++) {
            partitions.put(SettledLane.partition(server, lane), lane);
        }
        Map<Map<String, String>, Map<String, Object>> offsets = reader.offsets(partitions.keySet());
        List<Integer> unsettled = new ArrayList<>();
        partitions.forEach((partition, lane) -> {
            if (!told.test(offsets.get(partition))) {
                unsettled.add(lane);
            }
        });
        return unsettled;
    }

    /** One lane's own progress is needed to go on adding to it. */
    public Map<String, TableProgress> lane(Collection<String> tables, int lane) {
        Map<String, TableProgress> progress = new HashMap<>();
        progress(tables, lane, lane + 1).forEach((table, found) -> found.forEach(one -> progress.put(table, one)));
        return progress;
    }

    /**
     * What a lane has stored of a table.
     *
     * @param keys null where it is not known by keys
     * @param by null where it is not known
     */
    public record Lane(TableProgress progress, @Nullable CopiedKeys keys, @Nullable CutBy by) {}

    /** What each table's lanes have stored; a table that nothing is stored of is absent. */
    public Map<String, List<Lane>> copied(Collection<String> tables, int lanes) {
        return lanes(tables, 0, lanes);
    }

    /** By table, what is not read again of it. */
    public Map<String, KeptRanges> kept(Collection<String> tables) {
        Map<Map<String, String>, String> partitions = new HashMap<>();
        tables.forEach(table -> partitions.put(KeptRanges.partition(server, table), table));
        Map<String, KeptRanges> kept = new HashMap<>();
        reader.offsets(partitions.keySet()).forEach((partition, offset) -> {
            KeptRanges found = KeptRanges.of(offset);
            if (found != null) {
                kept.put(String.valueOf(partitions.get(partition)), found);
            }
        });
        return kept;
    }

    private Map<String, List<TableProgress>> progress(Collection<String> tables, int from, int to) {
        Map<String, List<TableProgress>> progress = new HashMap<>();
        lanes(tables, from, to)
                .forEach((table, found) ->
                        progress.put(table, found.stream().map(Lane::progress).toList()));
        return progress;
    }

    private Map<String, List<Lane>> lanes(Collection<String> tables, int from, int to) {
        Map<Map<String, String>, String> partitions = new HashMap<>();
        for (String table : tables) {
            for (int lane = from; lane < to; lane++) {
                partitions.put(TableProgress.partition(server, table, lane), table);
            }
        }
        Map<String, List<Lane>> lanes = new HashMap<>();
        reader.offsets(partitions.keySet()).forEach((partition, offset) -> {
            TableProgress found = TableProgress.of(offset);
            if (found != null) {
                lanes.computeIfAbsent(String.valueOf(partitions.get(partition)), ignored -> new ArrayList<>())
                        .add(new Lane(found, CopiedKeys.of(offset), CutBy.of(offset)));
            }
        });
        return lanes;
    }
}
