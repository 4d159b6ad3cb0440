package io.millrace.sink.destination;

import io.millrace.sink.sql.ConstantDefault;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.ConnectException;
import org.jspecify.annotations.Nullable;

/** A target in memory: the shortest implementation of the contract, and the fake for tests of what lies above it. */
public class MemoryDestination implements Destination {
    /** What several destinations share: one database. */
    public static final class Database {
        public final Map<TableId, Table> tables = new HashMap<>();
        public final Map<Feed, Claim> ledger = new HashMap<>();
        private final Map<String, Map<Feed, Claim>> ledgers = new HashMap<>();

        private final Map<String, MemoryOperations.Notes> notes = new HashMap<>();

        MemoryOperations.Notes notes(String id) {
            return notes.computeIfAbsent(id, first -> new MemoryOperations.Notes());
        }

        Map<Feed, Claim> ledger(String id) {
            return id.equals("sink") ? ledger : ledgers.computeIfAbsent(id, first -> new HashMap<>());
        }
    }

    /** Rows by key; appended rows by number. */
    public static final class Table {
        public final Map<List<String>, Map<String, @Nullable String>> rows = new LinkedHashMap<>();
        private final TableShape shape;
        private final Map<String, Schema.Type> columns = new LinkedHashMap<>();

        Table(TableShape shape) {
            this.shape = shape;
            shape.columns()
                    .forEach(
                            column -> columns.put(column.name(), column.schema().type()));
        }

        /** The same columns, without rows. */
        Table(Table like) {
            shape = like.shape;
            columns.putAll(like.columns);
        }

        Evolution evolve(TableShape wanted, EvolutionPolicy policy) {
            List<SourceColumn> missing = wanted.columns().stream()
                    .filter(column -> !columns.containsKey(column.name()))
                    .toList();
            List<String> names = missing.stream().map(SourceColumn::name).toList();
            if (policy == EvolutionPolicy.FAIL && !missing.isEmpty()) {
                throw new ConnectException("Table " + wanted.table() + " lacks the column " + names);
            }
            wanted.columns().forEach(column -> fit(wanted, column, policy));
            if (policy == EvolutionPolicy.NONE) {
                return new Evolution(List.of(), Set.copyOf(names));
            }
            if (!shape.key().equals(wanted.key())) {
                throw new ConnectException("Table " + wanted.table() + " has no key " + wanted.key());
            }
            Map<String, String> doubts = new HashMap<>();
            for (SourceColumn column : missing) {
                add(column);
                String doubt = ConstantDefault.doubt(column, true);
                if (doubt != null) {
                    doubts.put(column.name(), doubt);
                }
            }
            return new Evolution(names, Set.of(), doubts);
        }

        private void fit(TableShape wanted, SourceColumn column, EvolutionPolicy policy) {
            Schema.Type type = column.schema().type();
            Schema.Type held = columns.getOrDefault(column.name(), type);
            boolean wider = held == Schema.Type.INT32 && type == Schema.Type.INT64;
            if (wider && policy == EvolutionPolicy.ADD_AND_WIDEN) {
                columns.put(column.name(), type);
            } else if (held != type && !(held == Schema.Type.INT64 && type == Schema.Type.INT32)) {
                throw new ConnectException("Table " + wanted.table() + ": column \"" + column.name() + "\" is " + held);
            }
        }

        private void add(SourceColumn column) {
            columns.put(column.name(), column.schema().type());
            Object value = ConstantDefault.of(column);
            if (value != null) {
                rows.values().forEach(row -> row.put(column.name(), String.valueOf(value)));
            }
        }
    }

    public static final Capabilities CAPABILITIES = new Capabilities(EnumSet.allOf(Capabilities.Mode.class), 255);

    final Database database;
    final Map<Feed, Claim> ledger;
    private final Operations operations;
    private final Map<String, Batch> staged = new HashMap<>();

    public MemoryDestination(Database database, String ledgerId) {
        this.database = database;
        ledger = database.ledger(ledgerId);
        operations = new MemoryOperations(database, ledger, database.notes(ledgerId));
    }

    @Override
    public Capabilities capabilities() {
        return CAPABILITIES;
    }

    @Override
    public Encoding encoding(SourceColumn column) {
        return new Encoding(
                column.schema().type().getName(),
                (value, out) -> out.put(text(value).getBytes(StandardCharsets.UTF_8)));
    }

    /** The text of a value; equal numbers have one, whatever their digits. */
    private static String text(Object value) {
        if (value instanceof Struct number && number.schema().field("scale") != null) {
            return new BigDecimal(new BigInteger(number.getBytes("value")), number.getInt32("scale"))
                    .stripTrailingZeros()
                    .toPlainString();
        }
        return String.valueOf(value);
    }

    @Override
    public Map<Feed, Claim> claim(Set<TopicPartition> partitions) {
        synchronized (database) {
            Map<Feed, Claim> claims = new HashMap<>();
            ledger.replaceAll((feed, claim) -> {
                if (!partitions.contains(feed.partition())) {
                    return claim;
                }
                Claim raised = new Claim(claim.next(), claim.epoch() + 1, claim.last(), claim.intent());
                claims.put(feed, raised);
                return raised;
            });
            return claims;
        }
    }

    @Override
    public Map<Feed, Claim> begin(Map<Feed, Long> first) {
        synchronized (database) {
            Map<Feed, Claim> begun = new HashMap<>();
            first.forEach((feed, next) -> {
                Claim known = ledger.get(feed);
                Claim claim = known == null
                        ? new Claim(next, 1, null)
                        : new Claim(known.next(), known.epoch() + 1, known.last(), known.intent());
                ledger.put(feed, claim);
                begun.put(feed, claim);
            });
            return begun;
        }
    }

    @Override
    public Set<TopicPartition> partitions(String topic) {
        synchronized (database) {
            Set<TopicPartition> partitions = new java.util.HashSet<>();
            ledger.keySet().forEach(feed -> partitions.add(feed.partition()));
            partitions.removeIf(partition -> !partition.topic().equals(topic));
            return partitions;
        }
    }

    @Override
    public void rewind(Map<TopicPartition, OptionalLong> next) {
        synchronized (database) {
            next.forEach((partition, offset) -> {
                if (offset.isEmpty()) {
                    ledger.keySet().removeIf(feed -> feed.partition().equals(partition));
                } else {
                    ledger.replaceAll((feed, claim) -> feed.partition().equals(partition)
                            ? new Claim(offset.getAsLong(), claim.epoch() + 1, null)
                            : claim);
                }
            });
        }
    }

    @Override
    public Optional<Operations> operations() {
        return Optional.of(operations);
    }

    @Override
    public Evolution evolve(TableShape wanted, EvolutionPolicy policy, boolean create) {
        synchronized (database) {
            checkNames(wanted);
            Table table = database.tables.get(wanted.table());
            if (table != null) {
                return table.evolve(wanted, policy);
            }
            if (!create) {
                throw new ConnectException("Table " + wanted.table() + " does not exist and auto.create=false");
            }
            database.tables.put(wanted.table(), new Table(wanted));
            return new Evolution(List.of("create " + wanted.table()), Set.of());
        }
    }

    @Override
    public Evolution plan(TableShape wanted, EvolutionPolicy policy, boolean create) {
        synchronized (database) {
            checkNames(wanted);
            Table known = database.tables.get(wanted.table());
            if (known == null && !create) {
                throw new ConnectException("Table " + wanted.table() + " does not exist and auto.create=false");
            }
            return known == null
                    ? new Evolution(List.of("create " + wanted.table()), Set.of())
                    : new Table(known).evolve(wanted, policy);
        }
    }

    private static void checkNames(TableShape wanted) {
        List<String> names = new ArrayList<>(
                wanted.columns().stream().map(SourceColumn::name).toList());
        if (names.contains(wanted.bookkeeping().softDelete())) {
            throw new ConnectException("Table " + wanted.table() + " has a column of the name in soft.delete.column: "
                    + wanted.bookkeeping().softDelete());
        }
        names.add(wanted.table().name());
        for (String name : names) {
            int bytes = name.getBytes(StandardCharsets.UTF_8).length;
            if (bytes > CAPABILITIES.maxNameBytes()) {
                throw new ConnectException("Table " + wanted.table() + ": a name has " + bytes + " bytes");
            }
        }
    }

    @Override
    public Staged stage(Batch batch) {
        String handle = "stage-" + staged.size();
        staged.put(handle, batch);
        return new Staged(batch, handle);
    }

    @Override
    public Outcome apply(List<Staged> batches, List<Advance> advances) {
        synchronized (database) {
            if (!advances.stream().allMatch(this::isNext)) {
                return new Outcome.Fenced();
            }
            Writing writing = write(batches.stream().map(Staged::batch).toList());
            if (!writing.bad.isEmpty()) {
                return new Outcome.Rejected(writing.bad);
            }
            writing.keep();
            advances.forEach(a -> ledger.put(a.feed(), new Claim(a.to(), a.epoch(), a.last())));
            staged.clear();
            return writing.applied();
        }
    }

    boolean isNext(Advance advance) {
        Claim claim = ledger.get(advance.feed());
        return claim != null
                && claim.next() == advance.from()
                && claim.epoch() == advance.epoch()
                && (claim.intent() < 0 || claim.intent() == advance.to());
    }

    /** What the tables would be after these batches. */
    final class Writing {
        private final Map<TableId, Map<List<String>, Map<String, @Nullable String>>> after = new HashMap<>();
        final List<Outcome.Bad> bad = new ArrayList<>();
        private final long[] counts = new long[4];

        void keep() {
            after.forEach((id, rows) -> {
                Table table = database.tables.get(id);
                if (table != null) {
                    table.rows.clear();
                    table.rows.putAll(rows);
                }
            });
        }

        Outcome.Applied applied() {
            return new Outcome.Applied(counts[0], counts[1], counts[2], counts[3]);
        }
    }

    Writing write(List<Batch> batches) {
        Writing writing = new Writing();
        for (Batch batch : batches) {
            Table table = database.tables.get(batch.table());
            Map<List<String>, Map<String, @Nullable String>> rows = writing.after.computeIfAbsent(
                    batch.table(), each -> new LinkedHashMap<>(table == null ? Map.of() : table.rows));
            if (batch.truncateFirst()) {
                rows.clear();
            }
            apply(batch, rows, table == null ? Set.of() : table.columns.keySet(), writing.counts, writing.bad);
        }
        return writing;
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
                if (bookkeeping.syncedAt() != null) {
                    values.put(bookkeeping.syncedAt(), "now");
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
                            batch.table(),
                            ordinal[0],
                            "Table " + batch.table() + ": no row to update",
                            batch.rows().partition()));
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
