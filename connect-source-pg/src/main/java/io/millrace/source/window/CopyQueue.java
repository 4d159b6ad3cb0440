package io.millrace.source.window;

import io.millrace.source.catalog.TableId;
import io.millrace.source.signal.Signal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is to be copied, in order, and what signals make of it. Every change goes out as a record that carries the state.
 * Used by the stream's thread.
 */
final class CopyQueue {
    private static final Logger LOG = LoggerFactory.getLogger(CopyQueue.class);

    private final CopyRecords records;
    private final Notices notices;
    private final Map<TableId, Boolean> added = new HashMap<>();
    private Set<TableId> captured;
    /** Read by the thread of the looks, too. */
    private volatile CopyState state;

    CopyQueue(CopyState state, Collection<TableId> captured, CopyRecords records, Notices notices) {
        this.captured = Set.copyOf(captured);
        this.records = records;
        this.notices = notices;
        this.state = state;
        findAdded();
    }

    CopyState state() {
        return state;
    }

    /** Null when there is nothing to do, or nothing may be done. */
    @Nullable
    CopyRequest first() {
        return state.requests().isEmpty() || state.paused()
                ? null
                : state.requests().get(0);
    }

    boolean isEmpty() {
        return state.requests().isEmpty();
    }

    /** Whether the table's copy as an added one is not done yet. */
    boolean isAdded(TableId table) {
        return added.containsKey(table);
    }

    /** Whether what the stream has of it by now is left out. */
    boolean isHeldBack(TableId table) {
        return added.getOrDefault(table, false);
    }

    /**
     * New tables, or partitions, or only that there was a look.
     *
     * @param before the state in which it was looked; copies may have come further since
     */
    void found(CopyState before, TableWatch.Found found) throws InterruptedException {
        CopyState now = state;
        long kept = before.requests().stream()
                .filter(request -> found.tables().contains(request.table()))
                .count();
        List<CopyRequest> all = found.state().requests();
        state = now.capturingNow(found.tables(), all.subList((int) kept, all.size()))
                .having(Objects.requireNonNull(found.state().looked()));
        captured = Set.copyOf(found.tables());
        findAdded();
        if (!state.says(now)) {
            records.state(state, "");
        }
    }

    /** These tables count as never captured: they are copied when the stream has them again. */
    void lost(Set<TableId> tables) throws InterruptedException {
        state = state.without(tables);
        records.state(state, "");
    }

    /** The first request begins. */
    void begin(CopyRequest request) throws InterruptedException {
        boolean resumed = request.after() != null;
        boolean other = state.requests().stream().anyMatch(one -> one.id().equals(request.id()) && one.rows() > 0);
        if (!resumed && !other) {
            notices.started(state, request);
        }
    }

    /** The first request begins again from nothing. */
    void restart() {
        state = state.advanced(state.requests().get(0).fromTheStart());
    }

    /** The first request has come further, without a record: it follows. */
    void advance(CopyRequest request) {
        state = state.advanced(request);
    }

    /** Tells how far the first request has come. */
    void advanced() throws InterruptedException {
        CopyRequest request = state.requests().get(0);
        records.state(state, request.table().toString());
        notices.progress(state, request);
    }

    /** The first request is done, or given up where {@code status} says so. */
    void finish(String status) throws InterruptedException {
        CopyRequest request = state.requests().get(0);
        notices.scanned(state, request, status);
        state = state.withoutFirst();
        findAdded();
        records.state(state, request.table().toString());
        if (state.requests().stream().noneMatch(left -> left.id().equals(request.id()))) {
            notices.tell(status.equals(FAILED) ? Notices.Type.ABORTED : Notices.Type.COMPLETED, state, request);
        }
    }

    static final String SUCCEEDED = "SUCCEEDED";
    static final String EMPTY = "EMPTY";
    static final String FAILED = "SQL_EXCEPTION";

    /** A signal that came as a row. @param name tells it from any other, also when it comes again after a crash */
    void followRow(Signal signal, String name) throws InterruptedException {
        if (state.followed().contains(name)) {
            LOG.info("The signal \"{}\" was followed before", signal.id());
            return;
        }
        state = state.following(name);
        follow(signal);
        records.add(state);
    }

    /** A signal that came at an offset of the topic; null where it could not be understood. */
    void followRecord(@Nullable Signal signal, long offset) throws InterruptedException {
        state = state.following(offset);
        if (signal != null) {
            follow(signal);
        }
        records.add(state);
    }

    private void follow(Signal signal) throws InterruptedException {
        if (signal instanceof Signal.Log log) {
            LOG.info("{}", log.message().replace("{}", state.offset().toString()));
        } else if (signal instanceof Signal.Pause) {
            pause(true, Notices.Type.PAUSED);
        } else if (signal instanceof Signal.Resume) {
            pause(false, Notices.Type.RESUMED);
        } else if (signal instanceof Signal.Stop stop) {
            stop(stop);
        } else if (signal instanceof Signal.Execute execute) {
            execute(execute);
        }
    }

    private void pause(boolean pause, Notices.Type type) throws InterruptedException {
        LOG.info(pause ? "Copies are paused by a signal" : "Copies go on by a signal");
        state = state.pausing(pause);
        if (!isEmpty()) {
            notices.tell(type, state, state.requests().get(0));
        }
    }

    private void stop(Signal.Stop stop) throws InterruptedException {
        Predicate<TableId> stopped = stop.tables() == null ? table -> true : matching(stop.tables());
        List<CopyRequest> left = new ArrayList<>();
        List<CopyRequest> gone = new ArrayList<>();
        for (CopyRequest request : state.requests()) {
            (stopped.test(request.table()) ? gone : left).add(request);
        }
        state = state.with(left);
        findAdded();
        for (CopyRequest request : gone) {
            LOG.info("The copy of {} is stopped by a signal, after {} rows", request.table(), request.rows());
            notices.tell(Notices.Type.STOPPED, state, request);
        }
    }

    private void execute(Signal.Execute execute) {
        String id = execute.id().isEmpty() ? UUID.randomUUID().toString() : execute.id();
        CopyRequest.Kind kind = execute.ownTopic()
                ? CopyRequest.Kind.DETACHED
                : execute.blocking() ? CopyRequest.Kind.BLOCKING : CopyRequest.Kind.INCREMENTAL;
        Set<TableId> taken = new HashSet<>();
        for (String expression : execute.tables()) {
            List<TableId> tables = captured.stream()
                    .filter(matching(List.of(expression)))
                    .sorted(ORDER)
                    .toList();
            if (tables.isEmpty()) {
                LOG.error("The signal \"{}\" names {}, which is none of the captured tables", id, expression);
            }
            for (TableId table : tables) {
                if (taken.add(table)) {
                    state = state.adding(CopyRequest.of(id, table, kind, filter(execute, table)));
                }
            }
        }
        LOG.info("By the signal \"{}\" {} copy of {}", id, kind, taken);
    }

    private static final java.util.Comparator<TableId> ORDER = java.util.Comparator.comparing(TableId::toString);

    private static @Nullable String filter(Signal.Execute execute, TableId table) {
        return execute.conditions().stream()
                .filter(condition -> matching(List.of(condition.tables())).test(table))
                .map(Signal.Condition::filter)
                .findFirst()
                .orElse(null);
    }

    private static Predicate<TableId> matching(List<String> expressions) {
        List<Pattern> patterns = expressions.stream()
                .map(expression -> Pattern.compile(expression, Pattern.CASE_INSENSITIVE))
                .toList();
        return table -> patterns.stream()
                .anyMatch(pattern -> pattern.matcher(table.toString()).matches()
                        || pattern.matcher(table.quoted()).matches());
    }

    private void findAdded() {
        added.clear();
        for (CopyRequest request : state.requests()) {
            if (request.isAdded()) {
                added.put(request.table(), request.kind() == CopyRequest.Kind.ADDED_WHOLE);
            }
        }
    }
}
