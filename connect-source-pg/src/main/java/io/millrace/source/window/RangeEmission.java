package io.millrace.source.window;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Emits ranges of a table that is copied by its key; each row's offset says up to where it is copied with it. */
final class RangeEmission implements RangeCopy.Emission {
    private static final Logger LOG = LoggerFactory.getLogger(RangeEmission.class);

    private final CopyQueue queue;
    private final CopyRecords records;

    RangeEmission(CopyQueue queue, CopyRecords records) {
        this.queue = queue;
        this.records = records;
    }

    @Override
    public void chunk(TableReader reader, Chunk chunk, Window window, @Nullable List<String> upTo)
            throws InterruptedException {
        CopyState before = queue.state();
        CopyRequest request = before.requests().get(0);
        long rows = 0;
        for (Chunk.Row row : chunk.rows()) {
            if (!window.outdates(row.id())) {
                rows++;
                records.row(reader.schema(), row, new RowOffset(before, request, row, reader.shape(), rows));
            }
        }
        LOG.debug("{} of {} rows of a range of {} emitted", rows, chunk.rows().size(), reader.table());
        queue.advance(request.upTo(upTo == null ? request.after() : upTo, reader.shape(), rows));
        if (upTo != null) {
            queue.advanced();
        }
    }
}
