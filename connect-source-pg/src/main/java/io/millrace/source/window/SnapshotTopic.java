package io.millrace.source.window;

import io.millrace.core.Headers;
import io.millrace.core.Manifest;
import io.millrace.source.batch.GenerationOffsets;
import io.millrace.source.position.Lsn;
import io.millrace.source.record.TableSchema;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.header.ConnectHeaders;
import org.jspecify.annotations.Nullable;

/**
 * One generation of a table in a topic of its own, whose name ends with the snapshot's. A manifest tells when it begins,
 * and when all of it has arrived, up to which offsets.
 */
final class SnapshotTopic implements DetachedCopy.Emission {
    private final CopyQueue queue;
    private final CopyRecords records;
    private final GenerationOffsets offsets;
    private final Map<String, Object> before;
    private @Nullable Manifest begun;
    private boolean done;
    private long rows;

    SnapshotTopic(CopyQueue queue, CopyRecords records, GenerationOffsets offsets) {
        this.queue = queue;
        this.records = records;
        this.offsets = offsets;
        this.before = queue.state().offset();
    }

    /** The topic of a table's snapshot of this name. */
    static String name(TableSchema schema, String snapshot) {
        String name = schema.topic() + "." + snapshot.replaceAll("[^a-zA-Z0-9._-]", "_");
        return name.length() > 249 ? name.substring(0, 249) : name;
    }

    @Override
    public void begin(TableReader reader, long mark) throws InterruptedException {
        String id = queue.state().requests().get(0).id() + "@" + Lsn.text(mark);
        begun = new Manifest(
                Manifest.Kind.BEGIN,
                id,
                Manifest.nextOrder(),
                reader.table().schema(),
                reader.table().name(),
                name(reader.schema(), queue.state().requests().get(0).id()),
                Map.of());
        offsets.begin(id);
        records.manifest(begun, before);
    }

    @Override
    public void row(TableReader reader, Chunk.Row row) throws InterruptedException {
        Manifest of = begun();
        ConnectHeaders headers = new ConnectHeaders();
        headers.addString(Headers.GENERATION, of.generation());
        records.row(reader.schema(), row, before, of.topic(), headers);
        rows++;
    }

    @Override
    public void end() throws InterruptedException {
        records.flush();
    }

    @Override
    public boolean arrived() throws InterruptedException {
        Map<TopicPartition, Long> last = offsets.of(rows);
        if (last == null) {
            return false;
        }
        offsets.end();
        done = true;
        CopyRequest request = queue.state().requests().get(0);
        queue.advance(request.upTo(null, "", rows));
        records.manifest(of(Manifest.Kind.END, last), before);
        return true;
    }

    /** The manifest of the abort goes out with whatever comes next; a task that ends tells nothing more. */
    @Override
    public void abort() {
        if (!done) {
            offsets.end();
        }
    }

    private Manifest of(Manifest.Kind kind, Map<TopicPartition, Long> last) {
        Manifest of = begun();
        return new Manifest(kind, of.generation(), of.order(), of.schema(), of.table(), of.topic(), last, rows);
    }

    private Manifest begun() {
        if (begun == null) {
            throw new IllegalStateException("a row before the generation began");
        }
        return begun;
    }
}
