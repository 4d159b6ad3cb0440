package io.millrace.source.window;

import io.millrace.core.Manifest;
import io.millrace.source.batch.RecordBatches;
import io.millrace.source.record.ControlRecords;
import io.millrace.source.record.TableSchema;
import java.util.Map;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.header.ConnectHeaders;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;

/**
 * Puts copied rows and the copies' state among the stream's records. Both go under one source partition: the state that
 * follows a chunk is stored only when all its rows are acknowledged. Used by the stream's thread.
 */
public final class CopyRecords {
    private final String server;
    private final Map<String, String> partition;
    private final ControlRecords control;
    private final RecordBatches out;

    /** @param server the topic prefix */
    public CopyRecords(String server, ControlRecords control, RecordBatches out) {
        this.server = server;
        this.partition = CopyState.partition(server);
        this.control = control;
        this.out = out;
    }

    /** @param offset the state with this row, or that before it where the table begins again after a crash */
    void row(TableSchema schema, Chunk.Row row, Map<String, Object> offset) throws InterruptedException {
        row(schema, row, offset, schema.topic(), null);
    }

    void row(
            TableSchema schema,
            Chunk.Row row,
            Map<String, Object> offset,
            String topic,
            @Nullable ConnectHeaders headers)
            throws InterruptedException {
        out.add(
                new SourceRecord(
                        partition,
                        offset,
                        topic,
                        null,
                        row.key() == null ? null : schema.key(),
                        row.key(),
                        schema.envelope().schema(),
                        row.value(),
                        null,
                        headers),
                row.size());
    }

    void manifest(Manifest manifest, Map<String, Object> offset) throws InterruptedException {
        out.add(
                new SourceRecord(
                        partition,
                        offset,
                        Manifest.topic(server),
                        0,
                        Schema.STRING_SCHEMA,
                        manifest.key(),
                        Manifest.SCHEMA,
                        manifest.toStruct()),
                0);
        out.flush();
    }

    void flush() throws InterruptedException {
        out.flush();
    }

    /** Between two transactions. */
    void state(CopyState state, String table) throws InterruptedException {
        out.add(control.control(partition, state.offset(), "copy", table), 0);
        out.flush();
    }

    /** Anywhere: before the record of a row that changed the state, so that it is not stored without this. */
    void add(CopyState state) throws InterruptedException {
        out.add(control.control(partition, state.offset(), "copy", ""), 0);
        out.settle();
    }

    /** Shows the stream's server that this end lives, during work that takes long. */
    void alive() throws InterruptedException {
        out.alive();
    }
}
