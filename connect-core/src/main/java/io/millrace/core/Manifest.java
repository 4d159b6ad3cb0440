package io.millrace.core;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.DataException;

/**
 * What a source tells of one generation, which is one whole copy of one table. Its rows carry the generation's id in the
 * header {@link Headers#GENERATION}; the manifest tells a sink when it has seen all of them, so that it can put them in
 * place of what was there. Manifests travel on a topic of their own with one partition, {@link #topic}, keyed by the
 * table, in this order:
 *
 * <ol>
 *   <li>{@link Kind#BEGIN} before the generation's first row. A later generation of the same table takes the place of
 *       one that has not ended: {@link #order} says which is later.
 *   <li>{@link Kind#OFFSETS}, any number of times: the last offset of the generation's rows, as far as one writer knows,
 *       by topic partition. Of several the highest counts.
 *   <li>{@link Kind#END} when every row is in its topic and every offset is told (it may bring offsets itself). A
 *       partition that is not named has no row of it. No partition at all means that the table is empty.
 *   <li>or {@link Kind#ABORT}: nothing of it is to be used.
 * </ol>
 *
 * @param generation the id that the rows carry; never used again for this table
 * @param order rises with every generation of the table, whatever server it is read from: milliseconds since 1970, about
 *     when it began. Of a generation that is told with several the first counts
 * @param schema schema of the source table
 * @param table name of the source table
 * @param topic topic that the rows are in, whether or not there are any: it decides the target as for rows
 * @param lastOffsets by topic partition, with the names that the topics have in Kafka
 * @param rows with {@link Kind#END}, how many rows the table has in this generation; -1 where that is not told. There are more
 *     in the topic where a writer was interrupted and has sent some again, and fewer where a transform drops some
 */
public record Manifest(
        Kind kind,
        String generation,
        long order,
        String schema,
        String table,
        String topic,
        Map<TopicPartition, Long> lastOffsets,
        long rows) {
    /** What it says. */
    public enum Kind {
        BEGIN,
        OFFSETS,
        END,
        ABORT
    }

    /** Name of {@link #SCHEMA}, by which a sink knows a manifest. */
    public static final String NAME = "io.millrace.Manifest";

    private static final String ROWS = "rows";
    private static final String TOPIC = "__millrace-manifest.";

    private static final Schema LAST_OFFSET = SchemaBuilder.struct()
            .name(NAME + ".LastOffset")
            .field("topic", Schema.STRING_SCHEMA)
            .field("partition", Schema.INT32_SCHEMA)
            .field("offset", Schema.INT64_SCHEMA)
            .build();

    /** Schema of the record's value. The key is a string, {@code schema.table}. */
    public static final Schema SCHEMA = SchemaBuilder.struct()
            .name(NAME)
            .version(1)
            .field("kind", Schema.STRING_SCHEMA)
            .field("generation", Schema.STRING_SCHEMA)
            .field("order", Schema.INT64_SCHEMA)
            .field("schema", Schema.STRING_SCHEMA)
            .field("table", Schema.STRING_SCHEMA)
            .field("topic", Schema.STRING_SCHEMA)
            .field("last_offsets", SchemaBuilder.array(LAST_OFFSET).build())
            .field(ROWS, Schema.OPTIONAL_INT64_SCHEMA)
            .build();

    private static final AtomicLong LAST_ORDER = new AtomicLong();

    public Manifest {
        lastOffsets = Map.copyOf(lastOffsets);
        if (generation.isEmpty()) {
            throw new IllegalArgumentException("A generation has an id");
        }
    }

    /** The number of rows is not told. */
    public Manifest(
            Kind kind,
            String generation,
            long order,
            String schema,
            String table,
            String topic,
            Map<TopicPartition, Long> lastOffsets) {
        this(kind, generation, order, schema, table, topic, lastOffsets, -1);
    }

    /** The order of a generation that begins now: above all that this process has given before. For any thread. */
    public static long nextOrder() {
        return LAST_ORDER.updateAndGet(last -> Math.max(last + 1, System.currentTimeMillis()));
    }

    /** The topic of the manifests of all tables with this {@code topic.prefix}. */
    public static String topic(String prefix) {
        return TOPIC + prefix;
    }

    public static boolean isTopic(String topic) {
        return topic.startsWith(TOPIC);
    }

    public static boolean isManifest(Schema value) {
        return NAME.equals(value.name());
    }

    /** The record's key. */
    public String key() {
        return schema + "." + table;
    }

    public Struct toStruct() {
        List<Struct> offsets = new ArrayList<>();
        lastOffsets.forEach((partition, offset) -> offsets.add(new Struct(LAST_OFFSET)
                .put("topic", partition.topic())
                .put("partition", partition.partition())
                .put("offset", offset)));
        return new Struct(SCHEMA)
                .put("kind", kind.name().toLowerCase(Locale.ROOT))
                .put("generation", generation)
                .put("order", order)
                .put("schema", schema)
                .put("table", table)
                .put("topic", topic)
                .put("last_offsets", offsets)
                .put(ROWS, rows < 0 ? null : rows);
    }

    /** @throws DataException for a struct that is no manifest */
    public static Manifest of(Struct struct) {
        try {
            Map<TopicPartition, Long> offsets = new HashMap<>();
            for (Object each : struct.getArray("last_offsets")) {
                Struct offset = (Struct) each;
                offsets.merge(
                        new TopicPartition(offset.getString("topic"), offset.getInt32("partition")),
                        offset.getInt64("offset"),
                        Math::max);
            }
            return new Manifest(
                    Kind.valueOf(struct.getString("kind").toUpperCase(Locale.ROOT)),
                    struct.getString("generation"),
                    struct.getInt64("order"),
                    struct.getString("schema"),
                    struct.getString("table"),
                    struct.getString("topic"),
                    offsets,
                    rows(struct));
        } catch (IllegalArgumentException | NullPointerException | ClassCastException | DataException e) {
            throw new DataException("Not a manifest: " + e.getMessage(), e);
        }
    }

    private static long rows(Struct struct) {
        // A source before this field does not tell.
        Long rows = struct.schema().field(ROWS) == null ? null : struct.getInt64(ROWS);
        return rows == null ? -1 : rows;
    }
}
