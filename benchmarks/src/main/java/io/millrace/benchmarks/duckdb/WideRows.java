package io.millrace.benchmarks.duckdb;

import java.math.BigDecimal;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.connect.data.Decimal;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.sink.SinkRecord;

/** Records of the wide table, about 350 bytes a row, as a converter hands them to a sink: Debezium's envelopes. */
final class WideRows {
    static final TopicPartition PARTITION = new TopicPartition("bench.public.wide", 0);

    private static final long MIX = 0x9E3779B97F4A7C15L;
    private static final Schema ID = tagged(SchemaBuilder.int64(), "INT8", -1, -1);
    private static final Schema TEXT = tagged(SchemaBuilder.string().optional(), "TEXT", -1, -1);
    private static final Schema ROW = SchemaBuilder.struct()
            .name("bench.public.wide.Value")
            .optional()
            .field("id", ID)
            .field("t1", TEXT)
            .field("t2", TEXT)
            .field("t3", TEXT)
            .field(
                    "amt",
                    tagged(
                            Decimal.builder(4)
                                    .parameter("connect.decimal.precision", "18")
                                    .optional(),
                            "NUMERIC",
                            18,
                            4))
            .field("ts", named("io.debezium.time.ZonedTimestamp", "TIMESTAMPTZ"))
            .field("js", named("io.debezium.data.Json", "JSONB"))
            .field("flag", tagged(SchemaBuilder.bool().optional(), "BOOL", -1, -1))
            .field("u", named("io.debezium.data.Uuid", "UUID"))
            .field(
                    "arr",
                    tagged(SchemaBuilder.array(Schema.OPTIONAL_INT32_SCHEMA).optional(), "_INT4", -1, -1))
            .build();
    private static final Schema KEY =
            SchemaBuilder.struct().name("bench.public.wide.Key").field("id", ID).build();
    private static final Schema SOURCE = SchemaBuilder.struct()
            .name("io.debezium.connector.postgresql.Source")
            .field("db", Schema.STRING_SCHEMA)
            .field("schema", Schema.STRING_SCHEMA)
            .field("table", Schema.STRING_SCHEMA)
            .field("lsn", Schema.OPTIONAL_INT64_SCHEMA)
            .field("ts_ms", Schema.INT64_SCHEMA)
            .build();
    private static final Schema ENVELOPE = SchemaBuilder.struct()
            .name("bench.public.wide.Envelope")
            .field("before", ROW)
            .field("after", ROW)
            .field("source", SOURCE)
            .field("op", Schema.STRING_SCHEMA)
            .build();

    private WideRows() {}

    /** Rows with ids from 1, at offsets from {@code from}. */
    static List<SinkRecord> of(int rows, long from) {
        List<SinkRecord> records = new ArrayList<>(rows);
        for (int i = 1; i <= rows; i++) {
            Struct source = new Struct(SOURCE)
                    .put("db", "bench")
                    .put("schema", "public")
                    .put("table", "wide")
                    .put("lsn", (long) i)
                    .put("ts_ms", 1_700_000_000_000L);
            records.add(new SinkRecord(
                    PARTITION.topic(),
                    PARTITION.partition(),
                    KEY,
                    new Struct(KEY).put("id", (long) i),
                    ENVELOPE,
                    new Struct(ENVELOPE)
                            .put("after", row(i))
                            .put("source", source)
                            .put("op", "c"),
                    from + i - 1,
                    1_700_000_000_000L,
                    TimestampType.CREATE_TIME));
        }
        return records;
    }

    private static Struct row(long i) {
        String text = Long.toHexString(i * MIX) + Long.toHexString(~i * MIX) + "0123456789abcdef01";
        OffsetDateTime time =
                OffsetDateTime.parse("2024-01-01T00:00:00.000001Z").plusNanos(i * 1_370_000_000L);
        return new Struct(ROW)
                .put("id", i)
                .put("t1", text)
                .put("t2", text + "x")
                .put("t3", "y" + text)
                .put("amt", BigDecimal.valueOf(i * 171_234L, 4))
                .put("ts", DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(time))
                .put(
                        "js",
                        "{\"k\": " + i + ", \"name\": \"name " + i + "\", \"tags\": [\"a" + i % 10
                                + "\", \"b\", \"c\"], \"ok\": " + (i % 2 == 0) + "}")
                .put("flag", i % 2 == 0)
                .put("u", new UUID(i * MIX, i).toString())
                .put("arr", List.of((int) (i % 1000), (int) (i % 77), (int) i));
    }

    private static Schema named(String name, String type) {
        return tagged(SchemaBuilder.string().name(name).optional(), type, -1, -1);
    }

    private static Schema tagged(SchemaBuilder builder, String type, int length, int scale) {
        builder.parameter("__debezium.source.column.type", type);
        if (length >= 0) {
            builder.parameter("__debezium.source.column.length", String.valueOf(length));
            builder.parameter("__debezium.source.column.scale", String.valueOf(scale));
        }
        return builder.build();
    }
}
