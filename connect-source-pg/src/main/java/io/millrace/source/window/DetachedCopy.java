package io.millrace.source.window;

import io.millrace.source.catalog.Sessions;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * Copies a table as it is at one point into a topic of its own, where nothing of the stream comes between: a thread reads,
 * and the stream's thread emits what is there when it has the time. Begins again from the start after a failure, as
 * another generation.
 */
final class DetachedCopy implements TableCopy {
    /** Rows between the threads; few, since they may be wide. */
    private static final int MOST_WAITING = 256;

    private final TableReader reader;
    private final Sessions sessions;
    private final Emission emission;
    private final BlockingQueue<Chunk.Row> waiting = new LinkedBlockingQueue<>(MOST_WAITING);
    private volatile TableReader.@Nullable Point point;
    private @Nullable Future<String> reading;
    private boolean begun;
    private boolean ended;

    /** Takes the generation. */
    interface Emission {
        /** @param mark the WAL position that the rows stand for */
        void begin(TableReader reader, long mark) throws InterruptedException;

        void row(TableReader reader, Chunk.Row row) throws InterruptedException;

        /** No row follows. */
        void end() throws InterruptedException;

        /** Whether every row has arrived; tells of it then. */
        boolean arrived() throws InterruptedException;

        /** No more of it follows, and it is not whole. */
        void abort();
    }

    DetachedCopy(TableReader reader, Sessions sessions, Emission emission) {
        this.reader = reader;
        this.sessions = sessions;
        this.emission = emission;
    }

    @Override
    public Step step(long passed) throws InterruptedException, ExecutionException {
        Future<String> future = reading;
        if (future == null) {
            reading = sessions.submit(session -> {
                TableReader.Point at = reader.begin(session);
                point = at;
                reader.whole(session, at, waiting::put);
                return "";
            });
            return Step.GOING;
        }
        // Asked before the queue is emptied: what was put before the end is seen.
        boolean over = future.isDone();
        TableReader.Point at = point;
        if (!begun && at != null) {
            begun = true;
            emission.begin(reader, at.mark());
        }
        if (begun) {
            for (Chunk.Row row = waiting.poll(); row != null; row = waiting.poll()) {
                emission.row(reader, row);
            }
        }
        if (!over) {
            return Step.GOING;
        }
        future.get();
        if (!ended) {
            ended = true;
            emission.end();
        }
        return emission.arrived() ? Step.DONE : Step.GOING;
    }

    @Override
    public void changed(int xid, @Nullable RowKey key) {
        // Comes in the table's own topic alone.
    }

    @Override
    public boolean reads() {
        return false;
    }

    @Override
    public void close() {
        if (reading != null) {
            reading.cancel(true);
        }
        emission.abort();
    }
}
