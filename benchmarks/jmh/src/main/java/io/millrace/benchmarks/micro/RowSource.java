package io.millrace.benchmarks.micro;

import io.millrace.source.catalog.TableId;
import io.millrace.source.codec.ColumnCodecs;
import io.millrace.source.codec.ColumnDescription;
import io.millrace.source.record.EnvelopeWriter;
import io.millrace.source.record.NameAdjustment;
import io.millrace.source.record.RowReader;
import io.millrace.source.record.SourceBlock;
import io.millrace.source.record.TableSchema;
import io.millrace.source.record.TopicNames;
import io.millrace.source.record.Tuple;
import io.millrace.source.snapshot.CopyRows;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceRecord;

/** One row as COPY sends it, and the way from there to a record. Not thread-safe. */
final class RowSource {
    private static final int HEADER = 19;
    private static final Map<String, String> PARTITION = Map.of("server", "bench");
    private static final String NARROW = "aid int NOT NULL, bid int, abalance int, filler char(84)";
    private static final String WIDE =
            "id bigint NOT NULL, t1 text, t2 text, t3 text, amt numeric(18,4), ts timestamptz,"
                    + " js jsonb, flag boolean, u uuid, arr int4[]";

    private final TableSchema schema;
    private final SourceBlock block;
    private final CopyRows rows;
    private final byte[] row;
    private final Tuple tuple = new Tuple();

    private RowSource(TableSchema schema, SourceBlock block, CopyRows rows, byte[] row) {
        this.schema = schema;
        this.block = block;
        this.rows = rows;
        this.row = row;
    }

    /** @param shape narrow (pgbench's accounts) or wide (about 350 bytes) */
    static RowSource of(String shape) throws SQLException, IOException {
        try (Source source = new Source()) {
            if (shape.equals("narrow")) {
                source.table(shape, NARROW, "17, 1, 0, ''");
            } else {
                source.table(
                        shape,
                        WIDE,
                        "17, repeat('t', 50), repeat('u', 50), repeat('v', 50), 17 * 17.1234, '2026-11-20 12:34:56+00',"
                                + " '{\"k\": 1, \"name\": \"n 1\", \"tags\": [\"a\", \"b\", \"c\"], \"ok\": true}', true,"
                                + " gen_random_uuid(), '{1,2,3}'");
            }
            SourceBlock block = new SourceBlock("bench", "bench");
            List<TableSchema.Input> inputs = new ArrayList<>();
            ColumnCodecs codecs = source.codecs();
            List<ColumnDescription> columns = source.columns(shape);
            for (ColumnDescription column : columns) {
                inputs.add(new TableSchema.Input(
                        column.name(), column.typeOid(), codecs.codec(column).orElseThrow()));
            }
            List<String> key = List.of(columns.get(0).name());
            TableSchema schema = new TableSchema(
                    new TableId("public", shape),
                    new TopicNames("bench", "__heartbeat", "transaction", NameAdjustment.NONE),
                    block,
                    inputs,
                    key,
                    key,
                    List.of());
            byte[] copied = source.copy(shape, "binary");
            CopyRows rows = new CopyRows(new boolean[columns.size()]);
            rows.read(Arrays.copyOf(copied, HEADER), new Tuple());
            return new RowSource(schema, block, rows, Arrays.copyOfRange(copied, HEADER, copied.length - 2));
        }
    }

    Struct block() {
        return block.snapshot(schema.table(), 4711, 1_700_000_000_000_000L);
    }

    /** What the initial copy does with a row. */
    SourceRecord record(Struct sourceBlock) {
        rows.read(row, tuple);
        Struct values = RowReader.current(schema, tuple, null).values();
        return new SourceRecord(
                PARTITION,
                PARTITION,
                schema.topic(),
                null,
                schema.key(),
                schema.keyOf(values),
                schema.envelope().schema(),
                schema.envelope().write(EnvelopeWriter.READ, null, values, sourceBlock));
    }

    /** The row alone. */
    Struct values() {
        rows.read(row, tuple);
        return RowReader.current(schema, tuple, null).values();
    }
}
