package io.millrace.sink;

import io.millrace.sink.change.Change;
import io.millrace.sink.destination.Generations;
import io.millrace.sink.destination.TableId;
import io.millrace.sink.fold.Added;
import io.millrace.sink.fold.RowEncoder;
import io.millrace.sink.fold.TableBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What has been taken since the last flush: a buffer a table, and the dead letters on their way. */
final class Buffers {
    private static final int LARGE_ROW = 8 * 1024;

    private final SinkSettings settings;
    private final RowEncoder encoder = new RowEncoder();
    private final boolean apart;
    private final List<IdentityHashMap<TableId, TableBuffer>> tables = new ArrayList<>();
    private final Map<Copy, TableBuffer> generations = new HashMap<>();
    private final List<Flush.Told> manifests = new ArrayList<>();
    private final Set<Generations.Generation> incomplete = new HashSet<>();
    private final List<Future<Void>> reports = new ArrayList<>();

    /** Rows that each table's last buffer held: the next one will be much like it. */
    private final IdentityHashMap<TableId, Integer> expected = new IdentityHashMap<>();

    private int records;
    private long oldest;

    /** The rows of a whole copy, of one partition where {@link #apart}. */
    private record Copy(Generations.Generation generation, int partition) {}

    /** {@code apart}: the changes of each partition have buffers of their own. */
    Buffers(SinkSettings settings, boolean apart) {
        this.settings = settings;
        this.apart = apart;
    }

    boolean isEmpty() {
        return records == 0;
    }

    Added add(Change change, PartitionState partition, long offset) {
        int place = apart ? partition.number() : 0;
        while (tables.size() <= place) {
            tables.add(new IdentityHashMap<>());
        }
        TableBuffer buffer = tables.get(place).get(change.table());
        if (buffer == null) {
            buffer = buffer(change.table(), null, partition);
            buffer.expect(expected.getOrDefault(change.table(), 0));
            tables.get(place).put(change.table(), buffer);
        }
        return buffer.add(change, partition.number(), offset);
    }

    /** A row of a whole copy of its table. */
    Added add(Change change, Generations.Generation generation, PartitionState partition, long offset) {
        return generations
                .computeIfAbsent(
                        new Copy(generation, apart ? partition.number() : 0),
                        copy -> buffer(change.table(), generation, partition))
                .add(change, partition.number(), offset);
    }

    private TableBuffer buffer(TableId table, Generations.@Nullable Generation generation, PartitionState partition) {
        TableId into = TargetTables.written(settings, table);
        return new TableBuffer(table, into, generation, apart ? partition.partition() : null, settings.fold(), encoder);
    }

    void tell(Flush.Told manifest) {
        manifests.add(manifest);
    }

    List<Flush.Told> manifests() {
        return List.copyOf(manifests);
    }

    /** A row of this copy was passed over. */
    void misses(Generations.Generation generation) {
        incomplete.add(generation);
    }

    Set<Generations.Generation> incomplete() {
        return Set.copyOf(incomplete);
    }

    void report(Future<Void> report) {
        reports.add(report);
    }

    /** A record is dealt with, whatever became of it. */
    void counted() {
        if (records == 0) {
            oldest = System.nanoTime();
        }
        records++;
    }

    boolean isFull() {
        return records >= settings.flushing().rows()
                // Summing up is cheap, but not for every record with hundreds of tables.
                || ((records & 63) == 0 || encoder.length() > LARGE_ROW)
                        && bytes() >= settings.flushing().bytes() / 2;
    }

    /** Milliseconds until the oldest record has waited long enough; zero or less when it has. */
    long millisLeft() {
        return settings.flushing().intervalMillis() - (System.nanoTime() - oldest) / 1_000_000;
    }

    List<TableBuffer> filled() {
        return all().filter(buffer -> !buffer.isEmpty()).toList();
    }

    /** Forgets what has been handed over; other buffers stay as they are. */
    void taken(Collection<TableBuffer> flushed) {
        Set<TableBuffer> gone = Collections.newSetFromMap(new IdentityHashMap<>());
        gone.addAll(flushed);
        expectAsMany();
        tables.forEach(each -> each.values().removeIf(buffer -> gone.contains(buffer) || buffer.isEmpty()));
        generations.values().removeIf(buffer -> gone.contains(buffer) || buffer.isEmpty());
        manifests.clear();
        incomplete.clear();
        reports.clear();
        records = (int) all().filter(buffer -> !buffer.isEmpty())
                .mapToLong(buffer -> Math.max(1, buffer.records()))
                .sum();
    }

    private Stream<TableBuffer> all() {
        return Stream.concat(tables.stream().flatMap(each -> each.values().stream()), generations.values().stream());
    }

    /** Whether there is nothing but rows that have to wait. */
    boolean isWaiting() {
        return reports.isEmpty()
                && manifests.isEmpty()
                && incomplete.isEmpty()
                && all().anyMatch(buffer -> !buffer.isEmpty());
    }

    List<Future<Void>> reports() {
        return List.copyOf(reports);
    }

    /** Forgets what was taken for a table. */
    void drop(TableId table) {
        tables.forEach(each -> each.keySet().removeIf(table::equals));
        generations.keySet().removeIf(copy -> copy.generation().target().equals(table));
    }

    private void expectAsMany() {
        for (IdentityHashMap<TableId, TableBuffer> each : tables) {
            each.forEach((table, buffer) -> expected.put(table, buffer.rows()));
        }
    }

    void clear() {
        expectAsMany();
        tables.clear();
        generations.clear();
        manifests.clear();
        incomplete.clear();
        reports.clear();
        records = 0;
    }

    private long bytes() {
        long bytes = 0;
        for (IdentityHashMap<TableId, TableBuffer> each : tables) {
            for (TableBuffer buffer : each.values()) {
                bytes += buffer.bytes();
            }
        }
        for (TableBuffer buffer : generations.values()) {
            bytes += buffer.bytes();
        }
        return bytes;
    }
}
