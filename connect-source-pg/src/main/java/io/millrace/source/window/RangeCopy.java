package io.millrace.source.window;

import io.millrace.source.catalog.Sessions;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Copies a table by ranges of its key while the stream goes on. Several ranges are read ahead, each in a transaction of
 * its own; they are emitted in order, each as soon as the stream has passed all that the range's transaction saw, without
 * the rows that the stream has shown in newer versions. So whatever is emitted of a row is never older than what was
 * emitted of it before, and whatever changes it later comes later.
 */
final class RangeCopy implements TableCopy {
    private static final Logger LOG = LoggerFactory.getLogger(RangeCopy.class);

    /** More keys than this are not held: the ranges are read again when the transaction that changes so much is over. */
    private static final int MOST_KEYS = 200_000;

    private final TableReader reader;
    private final Sessions sessions;
    private final Transactions transactions;
    private final WindowSettings settings;
    private final Emission emission;
    private final Deque<Window> windows = new ArrayDeque<>();
    private final Deque<KeyRange> planned = new ArrayDeque<>();
    private @Nullable Future<List<List<String>>> planning;
    private @Nullable List<String> frontier;
    private boolean endPlanned;

    /** Takes the rows of one range and that it is done. */
    interface Emission {
        /** @param upTo the key up to which the table is now copied; null when it is copied to its end */
        void chunk(TableReader reader, Chunk chunk, Window window, @Nullable List<String> upTo)
                throws InterruptedException;
    }

    /** @param after where to go on; null at the beginning */
    RangeCopy(
            TableReader reader,
            Sessions sessions,
            Transactions transactions,
            WindowSettings settings,
            @Nullable List<String> after,
            Emission emission) {
        this.reader = reader;
        this.sessions = sessions;
        this.transactions = transactions;
        this.settings = settings;
        this.frontier = after;
        this.emission = emission;
    }

    @Override
    public Step step(long passed) throws InterruptedException, ExecutionException {
        plan();
        open();
        while (true) {
            Window head = windows.peekFirst();
            if (head == null) {
                return endPlanned && planned.isEmpty() ? Step.DONE : Step.GOING;
            }
            Future<Chunk> future = head.chunk();
            if (future == null || !future.isDone()) {
                return Step.GOING;
            }
            Chunk chunk = future.get();
            if (Long.compareUnsigned(passed, chunk.mark()) < 0) {
                return Step.WAITS;
            }
            windows.removeFirst();
            Visibility seen = chunk.visibility();
            if (seen.exact() && transactions.anyOf(seen.running(), head.opened())) {
                LOG.debug("A commit of {} was not visible yet; its range is read again", reader.table());
                windows.addFirst(opened(head.range()));
                return Step.GOING;
            }
            List<String> last = chunk.last();
            if (last != null) {
                windows.addFirst(opened(head.range().behind(last)));
            }
            emission.chunk(
                    reader, chunk, head, last != null ? last : head.range().upTo());
            open();
        }
    }

    private void plan() throws InterruptedException, ExecutionException {
        int ahead = 2 * settings.windows();
        Future<List<List<String>>> future = planning;
        if (future != null && future.isDone()) {
            planning = null;
            List<List<String>> bounds = future.get();
            for (List<String> bound : bounds) {
                planned.add(new KeyRange(frontier, bound));
                frontier = bound;
            }
            if (bounds.size() < ahead) {
                planned.add(new KeyRange(frontier, null));
                endPlanned = true;
            }
        }
        if (planning == null && !endPlanned && planned.size() < settings.windows()) {
            List<String> from = frontier;
            planning = sessions.submit(session -> reader.bounds(session, from, settings.rows(), ahead));
        }
    }

    private void open() {
        while (windows.size() < settings.windows() && !planned.isEmpty()) {
            windows.addLast(opened(planned.removeFirst()));
        }
    }

    private Window opened(KeyRange range) {
        Window window = new Window(range, transactions.count());
        window.reading(sessions.submit(session -> {
            TableReader.Point point = reader.begin(session);
            window.read(point.visibility());
            return reader.range(session, point, range, settings.bytes());
        }));
        return window;
    }

    @Override
    public void changed(int xid, @Nullable RowKey key) {
        int held = 0;
        for (Window window : windows) {
            window.changed(xid, key);
            held += window.size();
        }
        if (held > MOST_KEYS) {
            LOG.info("More than {} rows of {} changed while it was read; reading again", MOST_KEYS, reader.table());
            while (!windows.isEmpty()) {
                planned.addFirst(closed(windows.removeLast()).range());
            }
        }
    }

    @Override
    public boolean reads() {
        return !windows.isEmpty();
    }

    @Override
    public void close() {
        windows.forEach(RangeCopy::closed);
        windows.clear();
        if (planning != null) {
            planning.cancel(false);
        }
    }

    private static Window closed(Window window) {
        Future<Chunk> future = window.chunk();
        if (future != null) {
            future.cancel(false);
        }
        return window;
    }
}
