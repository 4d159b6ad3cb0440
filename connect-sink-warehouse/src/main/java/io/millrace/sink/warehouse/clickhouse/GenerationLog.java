package io.millrace.sink.warehouse.clickhouse;

import com.clickhouse.client.api.query.GenericRecord;
import io.millrace.core.Manifest;
import io.millrace.sink.copies.Told;
import io.millrace.sink.destination.Generations.Generation;
import io.millrace.sink.destination.TableId;
import io.millrace.sink.route.Router;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.kafka.common.TopicPartition;

/**
 * What is known of whole copies. Facts are only added, so that it does not matter how often or in which order they come:
 * a copy that has ended and is not aborted, and of whose table no later one is known, is due when the ledger is past the
 * last of its rows.
 */
final class GenerationLog {
    static final String END = "end";
    static final String ABORT = "abort";
    static final String DONE = "done";
    static final String CLEARED = "cleared";

    private static final String BEGIN = "begin";
    private static final String ROWS = "rows";
    private static final String OFFSET = "offset";
    private static final String COLUMN = "column";

    private final Server server;
    private final String table;
    private final String id;
    private boolean made;

    /**
     * Of one copy.
     *
     * @param facts with their numbers
     * @param last offsets of its last rows, by partition; empty for a copy without rows
     * @param columns that its rows bring
     */
    record Known(
            Generation generation,
            long order,
            Map<String, Fact> facts,
            Map<TopicPartition, Long> last,
            Set<String> columns) {
        boolean is(String fact) {
            return facts.containsKey(fact);
        }

        /** Since it has ended, or 0 while it has not. */
        long endedMillis() {
            return facts.getOrDefault(END, Fact.NONE).ageMillis;
        }

        Told told() {
            return new Told(last, facts.getOrDefault(ROWS, Fact.NONE).number);
        }
    }

    /** How long a fact is known, and a number that belongs to it. */
    record Fact(long ageMillis, long number) {
        private static final Fact NONE = new Fact(0, -1);
    }

    /** {@code table}: quoted, with its database; {@code id}: of the ledger. */
    GenerationLog(Server server, String table, String id) {
        this.server = server;
        this.table = table;
        this.id = id;
    }

    /** All copies of all tables, those of one table in their order. */
    List<Known> read() {
        make();
        Map<String, Known> known = new LinkedHashMap<>();
        // Rows may come before the source has told of their copy: columns alone do not make it known.
        Map<String, Set<String>> columns = new HashMap<>();
        for (GenericRecord row : server.query(
                "SELECT target, generation, ord, fact, topic, `partition`, last_offset, toInt64(dateDiff('millisecond', updated_at, now64(6))) FROM "
                        + table + " FINAL WHERE ledger_id = " + Sql.text(id) + " ORDER BY target, ord")) {
            String key = row.getString(1) + "\0" + row.getString(2);
            Set<String> brought = columns.computeIfAbsent(key, first -> new TreeSet<>());
            if (row.getString(4).equals(COLUMN)) {
                brought.add(row.getString(5));
                continue;
            }
            TableId target = new TableId(Router.split(row.getString(1)));
            Known each = known.computeIfAbsent(
                    key,
                    first -> new Known(
                            Generation.of(target, row.getString(2)),
                            row.getLong(3),
                            new HashMap<>(),
                            new HashMap<>(),
                            brought));
            if (row.getString(4).equals(OFFSET)) {
                each.last.merge(new TopicPartition(row.getString(5), row.getInteger(6)), row.getLong(7), Math::max);
            } else {
                Fact fact = new Fact(row.getLong(8), row.getLong(7));
                each.facts.merge(row.getString(4), fact, (one, two) -> one.number >= two.number ? one : two);
            }
        }
        return List.copyOf(known.values());
    }

    /** Whether nobody wants the rows of a copy any more; a later one has begun, or it is over. */
    static boolean isOver(Known copy, List<Known> all) {
        return copy.is(ABORT) || copy.is(DONE) || isSuperseded(copy.generation, copy.order, all);
    }

    /** Also by one that was aborted: rows may have been passed over since it was known. */
    private static boolean isSuperseded(Generation generation, long order, List<Known> all) {
        return all.stream()
                .anyMatch(each -> each.order > order && each.generation.target().equals(generation.target()));
    }

    /** @return false for a copy that was not known and whose order is below that of another of its table */
    boolean tell(Generation generation, Manifest manifest) {
        List<Known> all = read();
        Optional<Known> known = find(generation, all);
        // The order that was told first is the copy's, for good: what was decided by it cannot be taken back.
        long order = known.map(Known::order).orElse(manifest.order());
        List<String> rows = new ArrayList<>();
        if (known.isEmpty()) {
            rows.add(row(generation, order, BEGIN, "", 0, 0));
        }
        manifest.lastOffsets()
                .forEach((partition, last) ->
                        rows.add(row(generation, order, OFFSET, partition.topic(), partition.partition(), last)));
        if (manifest.rows() >= 0) {
            rows.add(row(generation, order, ROWS, "", 0, manifest.rows()));
        }
        // Told again it would have ended only now.
        boolean ended = known.filter(each -> each.is(END)).isPresent();
        if (manifest.kind() == Manifest.Kind.END && !ended) {
            rows.add(row(generation, order, END, "", 0, 0));
        } else if (manifest.kind() == Manifest.Kind.ABORT) {
            rows.add(row(generation, order, ABORT, "", 0, 0));
        }
        write(rows);
        return known.isPresent() || !isSuperseded(generation, order, all);
    }

    static Optional<Known> find(Generation generation, List<Known> all) {
        return all.stream().filter(each -> each.generation().equals(generation)).findFirst();
    }

    /** The rows of a copy bring these columns, among others. */
    void brings(Generation generation, Collection<String> columns) {
        write(columns.stream()
                .map(column -> row(generation, 0, COLUMN, column, 0, 0))
                .toList());
    }

    /**
     * Its rows are in place, or gone: offsets and columns are not needed any more, nor anything of earlier copies that are
     * over, as its order says that they are.
     */
    void close(Known copy, String fact) {
        write(List.of(row(copy.generation, copy.order, fact, "", 0, 0)));
        TableId target = copy.generation.target();
        String earlier = read().stream()
                .filter(each -> each.generation.target().equals(target) && each.order < copy.order)
                .filter(each -> each.is(DONE) || each.is(CLEARED))
                .map(each -> Sql.text(each.generation.id()))
                .collect(Collectors.joining(", "));
        server.execute("DELETE FROM " + table + " WHERE ledger_id = " + Sql.text(id) + " AND target = "
                + Sql.text(target.toString()) + " AND (generation = " + Sql.text(copy.generation.id())
                + " AND fact IN ('" + OFFSET + "', '" + COLUMN + "', '" + ROWS + "')"
                + (earlier.isEmpty() ? "" : " OR generation IN (" + earlier + ")") + ")");
    }

    private void write(List<String> rows) {
        if (rows.isEmpty()) {
            return;
        }
        make();
        server.execute("INSERT INTO " + table
                + " (ledger_id, target, generation, ord, `rank`, fact, topic, `partition`, last_offset) VALUES "
                + String.join(", ", rows));
    }

    private String row(Generation generation, long order, String fact, String topic, int partition, long last) {
        return "(" + Sql.text(id) + ", " + Sql.text(generation.target().toString()) + ", "
                + Sql.text(generation.id()) + ", " + order + ", " + (Long.MAX_VALUE - order) + ", '" + fact + "', "
                + Sql.text(topic) + ", " + partition
                + ", " + last + ")";
    }

    /** Of two tasks that are told a copy at once with different orders the lower stays. */
    private void make() {
        if (!made) {
            server.execute(
                    "CREATE TABLE IF NOT EXISTS " + table + " (\n"
                            + "  ledger_id String,\n  target String,\n  generation String,\n  ord Int64,\n  `rank` UInt64,\n  fact LowCardinality(String),\n"
                            + "  topic String,\n  `partition` Int32,\n  last_offset Int64,\n"
                            + "  updated_at DateTime64(6, 'UTC') DEFAULT now64(6)\n"
                            + ") ENGINE = ReplacingMergeTree(`rank`) ORDER BY (ledger_id, target, generation, fact, topic, `partition`, last_offset)");
            made = true;
        }
    }
}
