package io.millrace.sink.destination;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.ConnectException;
import org.jspecify.annotations.Nullable;

/** A target in memory: the shortest implementation of the contract, and the fake for tests of what lies above it. */
public final class MemoryDestination implements Destination {
    /** What several destinations share: one database. */
    public static final class Database {
        public final Map<TableId, Table> tables = new HashMap<>();
        public final Map<Feed, Claim> ledger = new HashMap<>();
    }

    /** Rows by key; appended rows by number. */
    public static final class Table {
        public final Map<List<String>, Map<String, @Nullable String>> rows = new LinkedHashMap<>();
        private final TableShape shape;
        private final Set<String> columns;

        Table(TableShape shape) {
            this.shape = shape;
            columns = new java.util.LinkedHashSet<>();
            shape.columns().forEach(column -> columns.add(column.name()));
        }
    }

    private final Database database;
    private final Map<String, Batch> staged = new HashMap<>();

    public MemoryDestination(Database database) {
        this.database = database;
    }

    @Override
    public Capabilities capabilities() {
        return new Capabilities(EnumSet.allOf(Capabilities.Mode.class), 255);
    }

    @Override
    public Encoding encoding(SourceColumn column) {
        return new Encoding(
                column.schema().type().getName(),
                (value, out) -> out.put((value instanceof Struct struct ? struct.toString() : String.valueOf(value))
                        .getBytes(StandardCharsets.UTF_8)));
    }

    @Override
    public Map<Feed, Claim> claim(Set<TopicPartition> partitions) {
        Map<Feed, Claim> claims = new HashMap<>();
        database.ledger.replaceAll((feed, claim) -> {
            if (!partitions.contains(feed.partition())) {
                return claim;
            }
            Claim raised = new Claim(claim.next(), claim.epoch() + 1, claim.last());
            claims.put(feed, raised);
            return raised;
        });
        return claims;
    }

    @Override
    public Map<Feed, Claim> begin(Map<Feed, Long> first) {
        Map<Feed, Claim> begun = new HashMap<>();
        first.forEach((feed, next) -> {
            Claim known = database.ledger.get(feed);
            Claim claim =
                    known == null ? new Claim(next, 1, null) : new Claim(known.next(), known.epoch() + 1, known.last());
            database.ledger.put(feed, claim);
            begun.put(feed, claim);
        });
        return begun;
    }

    @Override
    public Set<TopicPartition> partitions(String topic) {
        Set<TopicPartition> partitions = new java.util.HashSet<>();
        database.ledger.keySet().forEach(feed -> partitions.add(feed.partition()));
        partitions.removeIf(partition -> !partition.topic().equals(topic));
        return partitions;
    }

    @Override
    public void rewind(Map<TopicPartition, OptionalLong> next) {
        next.forEach((partition, offset) -> {
            if (offset.isEmpty()) {
                database.ledger.keySet().removeIf(feed -> feed.partition().equals(partition));
            } else {
                database.ledger.replaceAll((feed, claim) -> feed.partition().equals(partition)
                        ? new Claim(offset.getAsLong(), claim.epoch() + 1, null)
                        : claim);
            }
        });
    }

    @Override
    public Evolution evolve(TableShape wanted, EvolutionPolicy policy, boolean create) {
        Table table = database.tables.get(wanted.table());
        int bytes = wanted.table().name().getBytes(StandardCharsets.UTF_8).length;
        if (bytes > capabilities().maxNameBytes()) {
            throw new ConnectException("Table " + wanted.table() + ": the name has " + bytes + " bytes");
        }
        if (table == null) {
            if (!create) {
                throw new ConnectException("Table " + wanted.table() + " does not exist and auto.create=false");
            }
            database.tables.put(wanted.table(), new Table(wanted));
            return new Evolution(List.of("create " + wanted.table()), Set.of());
        }
        List<String> missing = wanted.columns().stream()
                .map(SourceColumn::name)
                .filter(name -> !table.columns.contains(name))
                .toList();
        if (policy == EvolutionPolicy.FAIL && !missing.isEmpty()) {
            throw new ConnectException("Table " + wanted.table() + " lacks the column " + missing);
        }
        if (policy == EvolutionPolicy.NONE) {
            return new Evolution(List.of(), Set.copyOf(missing));
        }
        if (!table.shape.key().equals(wanted.key())) {
            throw new ConnectException("Table " + wanted.table() + " has no key " + wanted.key());
        }
        table.columns.addAll(missing);
        return new Evolution(missing.stream().map(name -> "add " + name).toList(), Set.of());
    }

    @Override
    public Staged stage(Batch batch) {
        String handle = "stage-" + staged.size();
        staged.put(handle, batch);
        return new Staged(batch, handle);
    }

    @Override
    public Outcome apply(List<Staged> batches, List<Advance> advances) {
        for (Advance advance : advances) {
            Claim claim = database.ledger.get(advance.feed());
            if (claim == null || claim.next() != advance.from() || claim.epoch() != advance.epoch()) {
                return new Outcome.Fenced();
            }
        }
        Map<TableId, Map<List<String>, Map<String, @Nullable String>>> after = new HashMap<>();
        List<Outcome.Bad> bad = new ArrayList<>();
        long[] counts = new long[4];
        for (Staged each : batches) {
            Table table = database.tables.get(each.batch().table());
            Map<List<String>, Map<String, @Nullable String>> rows =
                    new LinkedHashMap<>(table == null ? Map.of() : table.rows);
            if (each.batch().truncateFirst()) {
                rows.clear();
            }
            apply(each.batch(), rows, table == null ? Set.of() : table.columns, counts, bad);
            after.put(each.batch().table(), rows);
        }
        if (!bad.isEmpty()) {
            return new Outcome.Rejected(bad);
        }
        after.forEach((id, rows) -> {
            Table table = database.tables.get(id);
            if (table != null) {
                table.rows.clear();
                table.rows.putAll(rows);
            }
        });
        advances.forEach(a -> database.ledger.put(a.feed(), new Claim(a.to(), a.epoch(), a.last())));
        staged.clear();
        return new Outcome.Applied(counts[0], counts[1], counts[2], counts[3]);
    }

    private static void apply(
            Batch batch,
            Map<List<String>, Map<String, @Nullable String>> rows,
            Set<String> columns,
            long[] counts,
            List<Outcome.Bad> bad) {
        int[] ordinal = {0};
        try {
            batch.rows().forEach((kind, layout, bytes, offset, length, micros) -> {
                Map<String, @Nullable String> values = decode(batch, layout, bytes, offset);
                values.keySet().retainAll(columns);
                Bookkeeping bookkeeping = batch.bookkeeping();
                boolean deleted = (kind & (Row.DELETED | Row.FLAG)) != 0;
                if (bookkeeping.softDelete() != null) {
                    values.put(bookkeeping.softDelete(), String.valueOf(deleted));
                }
                if (bookkeeping.deletedAt() != null) {
                    values.put(bookkeeping.deletedAt(), deleted ? String.valueOf(micros) : null);
                }
                List<String> key = batch.key().isEmpty() ? List.of("row " + rows.size()) : keyOf(batch, values);
                Map<String, @Nullable String> known = rows.get(key);
                if ((kind & Row.DELETE) != 0) {
                    counts[2] += rows.remove(key) == null ? 0 : 1;
                } else if ((kind & Row.UPSERT) != 0) {
                    rows.put(key, merged(known, values));
                    counts[0]++;
                } else if (known != null) {
                    rows.put(key, merged(known, values));
                    counts[(kind & Row.PATCH) != 0 ? 1 : 2]++;
                } else if ((kind & Row.FLAG) != 0 || (kind & Row.MAY_BE_ABSENT) != 0) {
                    counts[3]++;
                } else {
                    bad.add(new Outcome.Bad(
                            batch.table(), ordinal[0], "Table " + batch.table() + ": no row to update"));
                }
                ordinal[0]++;
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Map<String, @Nullable String> merged(
            @Nullable Map<String, @Nullable String> known, Map<String, @Nullable String> values) {
        Map<String, @Nullable String> row = known == null ? new TreeMap<>() : new TreeMap<>(known);
        row.putAll(values);
        return row;
    }

    private static List<String> keyOf(Batch batch, Map<String, @Nullable String> values) {
        return batch.key().stream()
                .map(name -> String.valueOf(values.get(name)))
                .toList();
    }

    /** The fields of a staged row by name. */
    public static Map<String, @Nullable String> decode(Batch batch, int layout, byte[] bytes, int offset) {
        Map<String, @Nullable String> values = new TreeMap<>();
        ByteBuffer fields = ByteBuffer.wrap(bytes);
        fields.position(offset);
        for (int column : batch.layouts().get(layout)) {
            int size = fields.getInt();
            String value = null;
            if (size >= 0) {
                byte[] text = new byte[size];
                fields.get(text);
                value = new String(text, StandardCharsets.UTF_8);
            }
            values.put(batch.columns().get(column).name(), value);
        }
        return values;
    }

    @Override
    public void close() {
        staged.clear();
    }
}
