package io.millrace.sink;

import io.millrace.core.Headers;
import io.millrace.core.Manifest;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.header.ConnectHeaders;
import org.jspecify.annotations.Nullable;

/** Whole copies of tables as a source sends them: rows with their generation, and manifests. */
public final class Copies {
    private final TopicLog log;
    private final String prefix;
    private int order;

    public Copies(TopicLog log) {
        this(log, "mirror");
    }

    /** Whose manifests are those of the source with this {@code topic.prefix}. */
    public Copies(TopicLog log, String prefix) {
        this.log = log;
        this.prefix = prefix;
    }

    /** The order of the last generation. */
    public int order() {
        return order;
    }

    public int next() {
        return ++order;
    }

    /** The values of a row. */
    public static Object[] of(Object... values) {
        return values;
    }

    /** A whole copy without a row. */
    public void empty(SourceTable table, String generation) {
        int number = next();
        tell(Manifest.Kind.BEGIN, table, generation, number);
        add(new Manifest(Manifest.Kind.END, generation, number, schema(table), name(table), table.topic(), Map.of()));
    }

    /** Ends a generation of which the source tells how many rows it has. */
    public void endWith(SourceTable table, String generation, long rows) {
        TopicPartition first = new TopicPartition(table.topic(), 0);
        long last = log.records(first).size() - 1L;
        add(new Manifest(
                Manifest.Kind.END,
                generation,
                order,
                schema(table),
                name(table),
                table.topic(),
                Map.of(first, last),
                rows));
    }

    /** Ends a generation, with rows up to this offset of the topic's first partition. */
    public void end(SourceTable table, String generation, long last) {
        TopicPartition first = new TopicPartition(table.topic(), 0);
        add(new Manifest(
                Manifest.Kind.END, generation, order, schema(table), name(table), table.topic(), Map.of(first, last)));
    }

    private static String schema(SourceTable table) {
        return table.topic().split("\\.")[1];
    }

    private static String name(SourceTable table) {
        return table.topic().replaceAll(".*\\.", "");
    }

    private void add(Manifest manifest) {
        log.add(
                Manifest.topic(prefix),
                Schema.STRING_SCHEMA,
                manifest.key(),
                Manifest.SCHEMA,
                manifest.toStruct(),
                null);
    }

    /** A row of which nothing came but its key: no sink can take it. */
    public void badRow(SourceTable table, String generation, @Nullable Object... values) {
        log.add(
                table.topic(),
                table.keySchema(),
                table.keyOf(values),
                table.envelopeSchema(),
                table.envelope("r", null, null, 1000),
                new ConnectHeaders().addString(Headers.GENERATION, generation));
    }

    public void row(SourceTable table, String generation, @Nullable Object... values) {
        log.add(
                table.topic(),
                table.keySchema(),
                table.keyOf(values),
                table.envelopeSchema(),
                table.envelope("r", null, table.row(values), 1000),
                new ConnectHeaders().addString(Headers.GENERATION, generation));
    }

    public void tell(Manifest.Kind kind, SourceTable table, String generation, int number) {
        Map<TopicPartition, Long> last = new HashMap<>();
        if (kind == Manifest.Kind.END) {
            for (TopicPartition partition : log.partitions()) {
                int size = log.records(partition).size();
                if (partition.topic().equals(table.topic()) && size > 0) {
                    last.put(partition, size - 1L);
                }
            }
        }
        add(new Manifest(kind, generation, number, schema(table), name(table), table.topic(), last));
    }

    /** A whole copy of rows (id, value). */
    public void copy(SourceTable table, String generation, Object[]... rows) {
        int number = next();
        tell(Manifest.Kind.BEGIN, table, generation, number);
        for (Object[] row : rows) {
            row(table, generation, row);
        }
        tell(Manifest.Kind.END, table, generation, number);
    }
}
