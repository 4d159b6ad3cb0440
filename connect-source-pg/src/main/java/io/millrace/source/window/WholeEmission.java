package io.millrace.source.window;

import java.util.Map;

/** Emits a table that is copied whole: until its end, the offset says that nothing of it is copied. */
final class WholeEmission implements WholeCopy.Emission {
    private final CopyQueue queue;
    private final CopyRecords records;
    private final Map<String, Object> before;
    private long rows;

    WholeEmission(CopyQueue queue, CopyRecords records) {
        this.queue = queue;
        this.records = records;
        this.before = queue.state().offset();
    }

    @Override
    public void row(TableReader reader, Chunk.Row row) throws InterruptedException {
        records.row(reader.schema(), row, before);
        rows++;
    }

    @Override
    public void end(TableReader reader) {
        queue.advance(queue.state().requests().get(0).upTo(null, reader.shape(), rows));
    }

    @Override
    public void alive() throws InterruptedException {
        records.alive();
    }
}
