package io.millrace.source.query;

import io.millrace.core.Headers;
import io.millrace.source.catalog.Sessions;
import io.millrace.source.record.TableSchema;
import io.millrace.source.snapshot.CopiedRows;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.header.ConnectHeaders;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads the ranges of one run in one snapshot, by several sessions. */
final class RangeReading {
    private static final Logger LOG = LoggerFactory.getLogger(RangeReading.class);

    /** A scan begins with the first block, and one process reads. */
    private static final String IN_ORDER =
            "SET LOCAL synchronize_seqscans = off; SET LOCAL max_parallel_workers_per_gather = 0";

    private final Snapshot snapshot;
    private final Shape shape;
    private final TableSchema schema;
    private final Struct source;
    private final MirrorOutput out;
    private final @Nullable String generation;
    private final AtomicLong rows = new AtomicLong();

    /**
     * @param source the block of every row
     * @param generation that the rows belong to; null for none
     */
    RangeReading(
            Snapshot snapshot,
            Shape shape,
            TableSchema schema,
            Struct source,
            MirrorOutput out,
            @Nullable String generation) {
        this.snapshot = snapshot;
        this.shape = shape;
        this.schema = schema;
        this.source = source;
        this.out = out;
        this.generation = generation;
    }

    /**
     * Returns how many rows there were, when all are handed over.
     *
     * @param session in the snapshot's own transaction; reads too
     * @param others how many further sessions may read
     */
    long run(Connection session, Sessions sessions, int others, List<Range> ranges)
            throws SQLException, InterruptedException {
        Queue<Range> left = new ConcurrentLinkedQueue<>(ranges);
        List<Future<Boolean>> reading = new ArrayList<>();
        for (int i = 0; i < Math.min(others, ranges.size() - 1); i++) {
            reading.add(sessions.submit(other -> {
                if (!left.isEmpty()) {
                    snapshot.join(other);
                    read(other, left);
                }
                return true;
            }));
        }
        Throwable failure = null;
        try {
            read(session, left);
        } catch (SQLException | RuntimeException e) {
            failure = e;
        } finally {
            // Nothing to do any more, or nothing to be done: the others end with the range that they are at.
            left.clear();
        }
        // Whatever happened, nobody adds to this run when it is over.
        for (Future<Boolean> one : reading) {
            try {
                one.get();
            } catch (ExecutionException e) {
                failure = failure == null ? e.getCause() : failure;
            }
        }
        return done(failure);
    }

    private long done(@Nullable Throwable failure) throws SQLException {
        if (failure instanceof SQLException e) {
            throw e;
        }
        if (failure instanceof RuntimeException e) {
            throw e;
        }
        if (failure != null) {
            throw new IllegalStateException(failure);
        }
        return rows.get();
    }

    private @Nullable ConnectHeaders headers() {
        if (generation == null) {
            return null;
        }
        ConnectHeaders headers = new ConnectHeaders();
        headers.addString(Headers.GENERATION, generation);
        return headers;
    }

    private void read(Connection session, Queue<Range> left) throws SQLException, InterruptedException {
        CopiedRows reader = new CopiedRows(schema, shape.columns());
        MirrorOutput.Lane lane = out.lane();
        for (Range range = left.poll(); range != null; range = left.poll()) {
            long started = System.nanoTime();
            PartRead part = new PartRead(range, (row, size) -> lane.add(event(reader, lane, row), size), lane);
            long count;
            try {
                count = read(session, reader, range, part);
            } catch (SQLException e) {
                Spans.Span span = part.broken();
                if (span != null) {
                    LOG.info(
                            "{}: what was read before is not read again: {} {}",
                            shape.table().id(),
                            range.key(),
                            span);
                    read(range.key(), span, "part");
                }
                throw e;
            }
            rows.addAndGet(count);
            part.end();
            if (range.counted()) {
                read(range.key(), range.span(), "range");
            }
            LOG.debug(
                    "Read {} rows of {} ({} {}) in {} ms",
                    count,
                    shape.table().id(),
                    range.key(),
                    range.span(),
                    (System.nanoTime() - started) / 1_000_000);
        }
    }

    private SourceRecord event(CopiedRows reader, MirrorOutput.Lane lane, Struct row) {
        return reader.event(out.partition(), lane.offset(), source, row, headers());
    }

    private long read(Connection session, CopiedRows reader, Range range, PartRead part)
            throws SQLException, InterruptedException {
        CopiedRows.Rows rowsOf = (tuple, size) -> part.row(reader.row(tuple), size);
        Along along = range.along();
        if (along == null) {
            return reader.read(session, range.query(reader.selected()), rowsOf);
        }
        try (Statement statement = session.createStatement()) {
            statement.execute(IN_ORDER);
        }
        return reader.read(session, range.query(reader.selected() + ", " + along.column()), part::at, rowsOf);
    }

    /** Counts as read from now on. */
    private void read(String key, Spans.Span span, String what) throws InterruptedException {
        out.advance(what, state -> {
            Run run = state.run();
            return run == null ? state : state.with(run.with(key, span));
        });
    }
}
